# SPDX-License-Identifier: GPL-2.0-or-later
# The network of the guest, the same before and after a switch: this kernel is the router between a client
# (namespace c, 10.0.1.2) and a server (namespace s, 10.0.2.2), with fixed link-layer addresses.
set -e
ip=/sbin/ip
mkdir -p /var/run/netns
for n in c s; do $ip netns add $n; done
$ip link add vc address 02:00:00:00:01:01 type veth peer name c0 address 02:00:00:00:01:02 netns c
$ip link add vs address 02:00:00:00:02:01 type veth peer name s0 address 02:00:00:00:02:02 netns s
$ip addr add 10.0.1.1/24 dev vc
$ip addr add 10.0.2.1/24 dev vs
$ip link set vc up
$ip link set vs up
$ip -n c addr add 10.0.1.2/24 dev c0
$ip -n s addr add 10.0.2.2/24 dev s0
for n in c s; do $ip -n $n link set ${n}0 up; $ip -n $n link set lo up; done
$ip -n c route add default via 10.0.1.1
$ip -n s route add default via 10.0.2.1
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 20000 >/proc/sys/net/netfilter/nf_conntrack_expect_max
nft -f /net.nft
