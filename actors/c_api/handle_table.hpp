// SPDX-License-Identifier: MPL-2.0
//
// What stands behind the void* of the C API: a slot in one table, which is
// never given back to the system. So whatever pointer a program hands in,
// closed, wrong or made up, is looked at without touching memory that is not
// ours, and a slot that was closed is not used again for a long time. Any
// thread.
//
// A call pins what it works on: who closes a handle does not wait for calls
// that are under way, the last of them destroys the object.
//
// Counting calls costs two locked instructions each, for nothing where one
// thread makes nearly all of them. So the first thread that sends or receives
// by a handle is its resident: its calls have a count of their own, which it
// alone writes, without a lock. Whoever else would end the object has the
// kernel see to it that the resident's last word is visible (membarrier(2)).
// Nobody takes a resident's place but after it has ended the object itself:
// otherwise the slot keeps it for its next lives, as a late call of its own
// might still come.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zmqrt::c_api {

enum class handle_kind : std::uint8_t {
  none,
  context,
  socket,
  poller,
  timers,
  counter,
  stopwatch,
  thread,
};

/// How often a call is made: a frequent one makes its thread the resident.
enum class call_kind : std::uint8_t { rare, frequent };

class handle_slot {
public:
  /// How an object ends, once the last call has left it.
  using destroy_function = void (*)(void* object) noexcept;

  [[nodiscard]] void* object() const noexcept {
    return object_;
  }

private:
  friend class handle_table;

  // Bits of state_: the kind, then whether it is closing, then its calls (not
  // those of the resident), then how many lives the slot had.
  static constexpr std::uint64_t kind_mask = 0xff;
  static constexpr std::uint64_t closing = 0x100;
  static constexpr std::uint64_t one_call = 0x200;
  static constexpr std::uint64_t one_life = std::uint64_t{1} << 32;

  std::atomic<std::uint64_t> state_{0};
  void* object_ = nullptr;
  destroy_function destroy_ = nullptr;
  handle_slot* next_free_ = nullptr;
  std::atomic<const void*> resident_{nullptr}; // a thread's mark
  std::atomic<std::uint64_t> resident_calls_{0};
  // libzmq's users may peek that far.
  [[maybe_unused]] std::uint64_t unused_[2] = {};
};

static_assert(sizeof(handle_slot) == 64);

class handle_table {
public:
  /// The handle of a new object; null: there are too many, or no memory, and
  /// the object is still the caller's.
  [[nodiscard]] static void*
  open(handle_kind kind, void* object,
       handle_slot::destroy_function destroy) noexcept;
  /// What a call holds; null: it is no open handle of this kind. unpin() has to
  /// follow, on the same thread.
  struct hold {
    handle_slot* slot = nullptr;
    bool by_resident = false;
  };
  [[nodiscard]] static hold pin(const void* handle, handle_kind kind,
                                call_kind how) noexcept;
  static void unpin(hold which) noexcept;
  /// From now on pin() answers null. True for the one caller who did it; the
  /// object ends with the last unpin().
  [[nodiscard]] static bool close(handle_slot& which) noexcept;
  /// Of one that is pinned: nobody has closed it since.
  [[nodiscard]] static bool is_open(const handle_slot& which) noexcept;

private:
  struct store;
  static const bool survives_forks_;

  [[nodiscard]] static store& slots() noexcept;
  [[nodiscard]] static bool is_resident(handle_slot& at,
                                        call_kind how) noexcept;
  /// Ends the object of a closed handle, if no call is left.
  static void retire(handle_slot& which) noexcept;
};

/// A call's hold on an object, or none.
template <class Object>
class pinned {
public:
  explicit pinned(const void* handle, call_kind how = call_kind::rare) noexcept
    : held_(handle_table::pin(handle, Object::kind, how)) {
  }
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;
  ~pinned() {
    if (held_.slot != nullptr)
      handle_table::unpin(held_);
  }

  explicit operator bool() const noexcept {
    return held_.slot != nullptr;
  }
  Object* operator->() const noexcept {
    return get();
  }
  Object& operator*() const noexcept {
    return *get();
  }
  [[nodiscard]] Object* get() const noexcept {
    return static_cast<Object*>(held_.slot->object());
  }
  /// False: somebody else was first.
  [[nodiscard]] bool close() noexcept {
    return handle_table::close(*held_.slot);
  }
  /// Nobody has closed it since.
  [[nodiscard]] bool is_open() const noexcept {
    return handle_table::is_open(*held_.slot);
  }
  /// The object is left as it is, for ever (in a forked child).
  void abandon() noexcept {
    held_ = {};
  }

private:
  handle_table::hold held_;
};

/// Opens a handle for an object made with new; null: none to be had, and the
/// object is still the caller's.
template <class Object>
[[nodiscard]] void* open_handle(Object* object) noexcept {
  return handle_table::open(Object::kind, object, [](void* gone) noexcept {
    delete static_cast<Object*>(gone);
  });
}

} // namespace zmqrt::c_api
