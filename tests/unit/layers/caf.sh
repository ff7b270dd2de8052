#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# What is different in CAF 1.x stands in the files that docs/adr/0013 names,
# and in no other, so that a port knows where to go.
#
# caf.sh <source tree>
set -euo pipefail
cd "$1"

home='actors/(pinned|interfaces|messages|caf_compat)\.hpp'
home+='|actors/reactor_unit\.[ch]pp'
home+='|actors/context/(module|system_guard)\.[ch]pp'
home+='|actors/include/zmqrt/actors(\.hpp|/[a-z_]+\.hpp)'

differs='caf::(atom|atom_value|atom_constant|atom_from_string)\b'
differs+='|caf::(execution_unit|scoped_execution_unit|resumable|scheduler)\b'
differs+='|caf::(mailbox_element(_ptr)?|attachable|logger|actor_config)\b'
differs+='|caf::(replies_to|reacts_to|variant|optional|string_view|none)\b'
differs+='|caf::(config_value|config_option_adder|settings|detail::)'
differs+='|CAF_ALLOW_UNSAFE_MESSAGE_TYPE|actor_system::module|spawn_class'
differs+='|spawn_serv|config_serv|runtime_settings\(|caf/scheduler/'

# A constructor takes its configuration by reference; that is so in 1.x, too.
found() {
  sed -E 's/caf::actor_config& ?[a-z]*//g' | grep -E "$differs" || true
}

# What it has to see, and what it must not take for that.
seen='x.cpp:1:  return {1, caf::atom("zmqrt")};
x.cpp:2:void exec(caf::execution_unit*);'
unseen='x.cpp:3:  caf::anon_send(actor_, 1);
x.cpp:4:  explicit session(caf::actor_config& config, reactor_unit& unit);'
if [[ $(printf '%s\n' "$seen" "$unseen" | found) != "$seen" ]]; then
  echo "the check for CAF's versions does not work"
  exit 1
fi

bad=$(grep -rn --include='*.[ch]pp' -E 'caf|CAF|spawn_|settings' \
  libzmqrt transports actors tools | grep -vE "^($home):" | found)
if [[ -n $bad ]]; then
  echo "depends on CAF's version, outside the files of docs/adr/0013:"
  echo "$bad"
  exit 1
fi

# The list above names nothing that is not there.
for file in actors/{pinned,interfaces,messages,caf_compat}.hpp \
  actors/reactor_unit.{c,h}pp actors/context/{module.cpp,system_guard.hpp} \
  actors/include/zmqrt/actors.hpp; do
  if [[ ! -f $file ]]; then
    echo "docs/adr/0013 and caf.sh name $file, which is gone"
    exit 1
  fi
done
