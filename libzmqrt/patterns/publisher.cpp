// SPDX-License-Identifier: MPL-2.0
//
// See publisher.hpp.

#include "libzmqrt/patterns/publisher.hpp"

#include <algorithm>

namespace zmqrt::patterns {

namespace {

/// Where RCVHWM sets no bound, so many notices wait for an XPUB that does not
/// read. Beyond it the oldest go, since the newest say what holds; libzmq's
/// grow without end.
constexpr std::size_t most_notices = 100'000;

} // namespace

publisher::publisher(socket_type type, const socket_options& options)
  : options_(&options), tells_(type == socket_type::xpub) {
}

bool publisher::manual() const noexcept {
  return options_->xpub_manual || options_->xpub_manual_last_value;
}

pattern::looks publisher::sees() const noexcept {
  return {true, tells_, true};
}

// -- pipes --------------------------------------------------------------------

bool publisher::attach(pipe_id pipe) {
  if (pipe >= turns_.size())
    turns_.resize(pipe + 1);
  present_.add(pipe);
  present_.set(pipe, true);
  writable_.add(pipe);
  return true;
}

void publisher::detach(pipe_id pipe) {
  end_pipe(pipe);
}

void publisher::retire(pipe_id pipe) {
  end_pipe(pipe);
}

void publisher::end_pipe(pipe_id pipe) {
  present_.set(pipe, false);
  ++turns_[pipe];
  if (pipe == last_) {
    last_ = no_pipe;
    last_value_ = false;
  }
  const auto told = [this](std::string_view topic) {
    tell(no_pipe, message{std::string_view{to_text({false, topic})}});
  };
  const auto untold = [](std::string_view) {};
  if (manual())
    asked_.remove_all(pipe, told);
  else
    asked_.remove_all(pipe, untold);
  if (manual())
    index_.remove_all(pipe, untold);
  else
    index_.remove_all(pipe, told);
}

void publisher::set_writable(pipe_id pipe, bool writable) {
  writable_.set(pipe, writable);
}

// -- publishing ---------------------------------------------------------------

pipe_id publisher::next_out() noexcept {
  return 0; // nobody is waited for
}

delivery publisher::route(const message& what) {
  delivery how;
  const auto wanting = index_.match(what[0].view());
  out_.clear();
  const auto take = [&](pipe_id pipe) {
    if (writable_[pipe])
      out_.push_back(pipe);
    else
      ++how.missed;
  };
  if (last_value_) {
    if (std::find(wanting.begin(), wanting.end(), last_) != wanting.end())
      take(last_);
  } else if (options_->invert_matching) {
    left_out_.assign(present_.end(), false);
    for (const pipe_id pipe : wanting)
      left_out_[pipe] = true;
    for (pipe_id pipe = 0; pipe < present_.end(); ++pipe)
      if (present_[pipe] && !left_out_[pipe])
        take(pipe);
  } else {
    for (const pipe_id pipe : wanting)
      take(pipe);
  }
  if (how.missed != 0 && options_->xpub_nodrop)
    return how; // later, as a whole
  how.what = out_.empty() ? delivery::kind::dropped : delivery::kind::to_all;
  how.pipes = out_;
  return how;
}

delivery publisher::outlook(const frame& first) {
  return options_->xpub_nodrop ? route(message{first})
                               : delivery{delivery::kind::dropped};
}

void publisher::sent(pipe_id) noexcept {
  last_value_ = false;
}

// -- what subscribers say -----------------------------------------------------

void publisher::digest(pipe_id from, message&& what) {
  message others; // user data
  bool first = true;
  while (!what.empty()) {
    message part{what.pop_front()};
    const auto asked = first || !options_->only_first_subscribe
                         ? parse_subscription(part[0].view())
                         : std::nullopt;
    if (!asked)
      others.push_back(std::move(part[0]));
    else if (is_news(from, *asked))
      tell(from, std::move(part));
    first = false;
  }
  if (!others.empty())
    tell(from, std::move(others));
}

bool publisher::is_news(pipe_id from, const subscription& asked) {
  if (manual()) {
    (void)(asked.on ? asked_.add(asked.topic, from)
                    : asked_.remove(asked.topic, from));
    return true;
  }
  if (!asked.on)
    return index_.remove(asked.topic, from).of_topics
           || options_->xpub_verboser;
  return index_.add(asked.topic, from).of_topics || options_->xpub_verbose
         || options_->xpub_verboser;
}

void publisher::tell(pipe_id from, message&& what) {
  if (!tells_)
    return;
  const auto bound = options_->rcvhwm == 0
                       ? most_notices
                       : 2 * static_cast<std::size_t>(options_->rcvhwm);
  while (notices_.size() >= bound)
    notices_.pop_front();
  notices_.push_back(
    {std::move(what), from, from == no_pipe ? 0 : turns_[from]});
}

delivery publisher::subscribe(std::string_view topic, bool on) {
  if (!tells_ || !manual())
    return {delivery::kind::refused, errc::invalid_argument};
  if (last_ != no_pipe) {
    (void)(on ? index_.add(topic, last_) : index_.remove(topic, last_));
    last_value_ = on && options_->xpub_manual_last_value;
  }
  return {delivery::kind::dropped};
}

std::size_t publisher::topics() const noexcept {
  return index_.topics();
}

// -- what the application reads -----------------------------------------------

bool publisher::can_receive() const noexcept {
  return tells_;
}

pipe_id publisher::next_in() noexcept {
  return notices_.empty() ? no_pipe : from_pattern;
}

void publisher::take(message& out) {
  notice& next = notices_.front();
  out = std::move(next.what);
  taken_from_ = next.from;
  taken_turn_ = next.turn;
  notices_.pop_front();
}

void publisher::handed_out(pipe_id) noexcept {
  const bool here =
    taken_from_ != no_pipe && turns_[taken_from_] == taken_turn_;
  last_ = here ? taken_from_ : no_pipe;
}

} // namespace zmqrt::patterns
