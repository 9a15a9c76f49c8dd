# SPDX-License-Identifier: GPL-2.0-or-later
# state.sh N: the state that a switch is to carry. A real FTP session whose client announced port 51210 with PORT, N
# more connections with an expectation each, and some neighbours, IPsec states and policies, and the keys that /keys lists.
ip=/sbin/ip
(sleep 300 | setsid $ip netns exec s nc -l -p 21 >/dev/null 2>&1 &)
until $ip netns exec s netstat -ltn | grep -q ':21 '; do sleep 0.1; done
((printf 'USER a\r\n'; sleep 0.5; printf 'PORT 10,0,1,2,200,10\r\n'; sleep 300) </dev/null | setsid $ip netns exec c nc 10.0.2.2 21 >/dev/null 2>&1 &)
seed "$1" || exit 1
$ip -batch - <<-'END' || exit 1
	neigh add 10.0.1.77 lladdr 02:00:00:00:00:77 dev vc nud permanent
	neigh add 10.0.2.78 lladdr 02:00:00:00:00:78 dev vs nud stale
	neigh add 10.0.2.79 lladdr 02:00:00:00:00:79 dev vs nud stale
	neigh add 10.0.2.80 lladdr 02:00:00:00:00:80 dev vs nud permanent
	neigh add 10.0.2.81 lladdr 02:00:00:00:00:81 dev vs nud noarp
	xfrm state add src 10.0.1.1 dst 10.0.9.9 proto esp spi 0x1234 reqid 7 mode tunnel auth hmac(sha256) 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 enc cbc(aes) 0x00112233445566778899aabbccddeeff limit packet-hard 1000000
	xfrm state add src 10.0.1.1 dst 10.0.9.10 proto esp spi 0x2001 mode transport auth hmac(sha256) 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 enc cbc(aes) 0x00112233445566778899aabbccddeeff replay-window 64 flag esn
	xfrm state add src 10.0.1.1 dst 10.0.9.11 proto esp spi 0x2002 mode transport auth hmac(sha256) 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 enc cbc(aes) 0x00112233445566778899aabbccddeeff encap espinudp 4500 4500 0.0.0.0
	xfrm policy add src 10.0.0.0/8 dst 10.9.9.0/24 dir out priority 77 tmpl src 10.0.1.1 dst 10.0.9.9 proto esp reqid 7 mode tunnel
	xfrm policy add src fd00:1::/32 dst fd00:2::/64 dir in priority 78
END
for i in $(seq 16 27); do
	echo "xfrm state add src 10.0.1.1 dst 10.0.9.1 proto esp spi 0x30$i reqid $i mode tunnel" \
		"auth hmac(sha256) 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f$i enc cbc(aes) 0x00112233445566778899aabbccddee$i"
done | $ip -batch - || exit 1
for i in $(seq 10 17); do
	echo "xfrm policy add src 10.0.0.0/8 dst 10.9.$i.0/24 dir fwd priority 1$i" \
		"tmpl src 10.0.1.1 dst 10.0.9.1 proto esp mode tunnel"
done | $ip -batch - || exit 1
for key in $(cat /keys); do
	key=$(keyctl add user $key "secret words of $key" @u) || exit 1
	keyctl timeout "$key" 5000 || exit 1
done
for i in $(seq 600); do
	conntrack -L expect 2>/dev/null | grep -q dport=51210 && break
	sleep 0.1
done
conntrack -L expect 2>/dev/null | grep dport=51210 || exit 1
