// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* SHA-256 after FIPS 180-4. */
#include "sha256.h"

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t v, unsigned int n)
{
	return (v >> n) | (v << (32 - n));
}

static uint32_t load_big(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t expand(const uint32_t *w)
{
	uint32_t a = w[1], b = w[14];

	return w[0] + w[9] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)) +
	       (rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10));
}

/* One round: the eight words change their parts from one to the next, instead of their places. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                           \
	do {                                                                                       \
		h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) +        \
		     constants[i] + w[i];                                                          \
		d += h;                                                                            \
		h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));   \
	} while (0)

static void add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7], w[64];

	for (unsigned int i = 0; i < 16; i++)
		w[i] = load_big(block + 4 * i);
	for (unsigned int i = 16; i < 64; i++)
		w[i] = expand(w + i - 16);
	for (unsigned int i = 0; i < 64; i += 8) {
		ROUND(a, b, c, d, e, f, g, h, i);
		ROUND(h, a, b, c, d, e, f, g, i + 1);
		ROUND(g, h, a, b, c, d, e, f, i + 2);
		ROUND(f, g, h, a, b, c, d, e, i + 3);
		ROUND(e, f, g, h, a, b, c, d, i + 4);
		ROUND(d, e, f, g, h, a, b, c, i + 5);
		ROUND(c, d, e, f, g, h, a, b, i + 6);
		ROUND(b, c, d, e, f, g, h, a, i + 7);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void co_sha256_init(struct co_sha256 *sha)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	for (unsigned int i = 0; i < 8; i++)
		sha->state[i] = start[i];
	sha->size = 0;
}

void co_sha256_add(struct co_sha256 *sha, const void *data, size_t size)
{
	const uint8_t *at = data;
	size_t filled = (size_t)(sha->size % 64);

	sha->size += size;
	if (filled && size >= 64 - filled) {
		memcpy(sha->block + filled, at, 64 - filled);
		add_block(sha->state, sha->block);
		at += 64 - filled;
		size -= 64 - filled;
		filled = 0;
	}
	for (; !filled && size >= 64; at += 64, size -= 64)
		add_block(sha->state, at);
	if (size)
		memcpy(sha->block + filled, at, size);
}

void co_sha256_final(struct co_sha256 *sha, uint8_t digest[CO_SHA256_SIZE])
{
	static const uint8_t pad[64] = {0x80};
	uint64_t bits = sha->size * 8;
	uint8_t length[8];

	for (unsigned int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	co_sha256_add(sha, pad, 1 + (119 - (size_t)(sha->size % 64)) % 64);
	co_sha256_add(sha, length, sizeof(length));
	for (unsigned int i = 0; i < CO_SHA256_SIZE; i++)
		digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
