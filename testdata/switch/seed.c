// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seed N: N tracked TCP connections to an FTP server, each with the helper `ftp` and one
 * expectation, each different from its neighbours, so that a mix-up shows. All of it through
 * nfnetlink, as `conntrack -I` would do one by one. Connection I is 10.I/250.I%250.1:40000+I to
 * 10.9.0.1:21, its mark is I, and what it expects is 10.9.0.1 to the client's port 50000+I. Prints
 * how many there are; a failure says which one and why.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER 0x0a090001u
#define FIRST_CLIENT_PORT 40000
#define FIRST_DATA_PORT 50000

struct message {
	union {
		struct nlmsghdr header;
		unsigned char bytes[2048];
	};
	size_t n;
};

struct flow {
	uint32_t from, to;
	uint16_t from_port, to_port;
};

static struct nlattr *put(struct message *m, uint16_t type, const void *data, size_t n)
{
	struct nlattr *attribute = (struct nlattr *)(m->bytes + m->n);

	attribute->nla_type = type;
	attribute->nla_len = (uint16_t)(NLA_HDRLEN + n);
	if (n)
		memcpy((char *)attribute + NLA_HDRLEN, data, n);
	m->n += NLA_ALIGN(NLA_HDRLEN + n);
	return attribute;
}

static void put_u32(struct message *m, uint16_t type, uint32_t value)
{
	value = htonl(value);
	put(m, type, &value, sizeof(value));
}

static void put_u16(struct message *m, uint16_t type, uint16_t value)
{
	value = htons(value);
	put(m, type, &value, sizeof(value));
}

static void put_u8(struct message *m, uint16_t type, uint8_t value)
{
	put(m, type, &value, sizeof(value));
}

static struct nlattr *nest(struct message *m, uint16_t type)
{
	return put(m, type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct message *m, struct nlattr *attribute)
{
	attribute->nla_len = (uint16_t)(m->bytes + m->n - (unsigned char *)attribute);
}

static void put_flow(struct message *m, uint16_t type, const struct flow *flow)
{
	struct nlattr *tuple = nest(m, type), *part = nest(m, CTA_TUPLE_IP);

	put_u32(m, CTA_IP_V4_SRC, flow->from);
	put_u32(m, CTA_IP_V4_DST, flow->to);
	nest_end(m, part);
	part = nest(m, CTA_TUPLE_PROTO);
	put_u8(m, CTA_PROTO_NUM, IPPROTO_TCP);
	put_u16(m, CTA_PROTO_SRC_PORT, flow->from_port);
	put_u16(m, CTA_PROTO_DST_PORT, flow->to_port);
	nest_end(m, part);
	nest_end(m, tuple);
}

static void begin(struct message *m, int subsystem, int type)
{
	struct nfgenmsg *family;

	memset(m, 0, sizeof(*m));
	m->header.nlmsg_type = (uint16_t)(subsystem << 8 | type);
	m->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	m->n = NLMSG_HDRLEN;
	family = (struct nfgenmsg *)(m->bytes + m->n);
	family->nfgen_family = AF_INET;
	m->n += NLMSG_ALIGN(sizeof(*family));
}

/* Sends the message and takes the kernel's answer: 0, or an errno. */
static int ask(int s, struct message *m)
{
	struct nlmsgerr *answer;
	ssize_t n;

	m->header.nlmsg_len = (uint32_t)m->n;
	if (send(s, m->bytes, m->n, 0) < 0)
		return errno;
	n = recv(s, m->bytes, sizeof(m->bytes), 0);
	if (n < (ssize_t)(NLMSG_HDRLEN + sizeof(*answer)) || m->header.nlmsg_type != NLMSG_ERROR)
		return EPROTO;
	answer = NLMSG_DATA(&m->header);
	return -answer->error;
}

static struct flow reply_of(const struct flow *flow)
{
	return (struct flow){flow->to, flow->from, flow->to_port, flow->from_port};
}

static int track(int s, const struct flow *flow, uint32_t i)
{
	struct flow reply = reply_of(flow);
	struct nlattr *outer, *inner;
	struct message m;

	begin(&m, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_NEW);
	put_flow(&m, CTA_TUPLE_ORIG, flow);
	put_flow(&m, CTA_TUPLE_REPLY, &reply);
	put_u32(&m, CTA_STATUS, IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED);
	put_u32(&m, CTA_TIMEOUT, 3000 + i);
	put_u32(&m, CTA_MARK, i);
	outer = nest(&m, CTA_PROTOINFO);
	inner = nest(&m, CTA_PROTOINFO_TCP);
	put_u8(&m, CTA_PROTOINFO_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
	nest_end(&m, inner);
	nest_end(&m, outer);
	outer = nest(&m, CTA_HELP);
	put(&m, CTA_HELP_NAME, "ftp", 4);
	nest_end(&m, outer);
	return ask(s, &m);
}

static int expect(int s, const struct flow *flow, uint32_t i)
{
	struct flow data = {flow->to, flow->from, 0, (uint16_t)(FIRST_DATA_PORT + i)};
	struct flow mask = {UINT32_MAX, UINT32_MAX, 0, UINT16_MAX};
	struct message m;

	begin(&m, NFNL_SUBSYS_CTNETLINK_EXP, IPCTNL_MSG_EXP_NEW);
	put_flow(&m, CTA_EXPECT_MASTER, flow);
	put_flow(&m, CTA_EXPECT_TUPLE, &data);
	put_flow(&m, CTA_EXPECT_MASK, &mask);
	put_u32(&m, CTA_EXPECT_TIMEOUT, 200);
	put(&m, CTA_EXPECT_HELP_NAME, "ftp", 4);
	return ask(s, &m);
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (!n || n > 10000 || s < 0) {
		fprintf(stderr, "usage: seed N, at most 10000\n");
		return 2;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct flow flow = {0x0a000001u + ((i / 250) << 16) + ((i % 250) << 8), SERVER,
				    (uint16_t)(FIRST_CLIENT_PORT + i), 21};
		int error = track(s, &flow, i);

		if (!error)
			error = expect(s, &flow, i);
		if (error) {
			fprintf(stderr, "seed: connection %u: %s\n", i, strerror(error));
			return 1;
		}
	}
	printf("%u connections\n", n);
	return 0;
}
