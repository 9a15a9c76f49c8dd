/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout_spell.h"

#include <inttypes.h>
#include <string.h>

/* The words of an integer type, counted: debug info has them in any order. */
struct words {
	unsigned int is_unsigned, is_signed, is_char, is_short, is_int, is_long, is_int128, other;
};

static bool is_word(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(text, word, n);
}

static void count_word(struct words *words, const char *text, size_t n)
{
	if (is_word(text, n, "unsigned"))
		words->is_unsigned++;
	else if (is_word(text, n, "signed"))
		words->is_signed++;
	else if (is_word(text, n, "char"))
		words->is_char++;
	else if (is_word(text, n, "short"))
		words->is_short++;
	else if (is_word(text, n, "int"))
		words->is_int++;
	else if (is_word(text, n, "long"))
		words->is_long++;
	else if (is_word(text, n, "__int128"))
		words->is_int128++;
	else
		words->other++;
}

static struct words words_of(const char *name)
{
	struct words words = {0};

	while (*name) {
		size_t n = strcspn(name, " ");

		if (n)
			count_word(&words, name, n);
		name += n + strspn(name + n, " ");
	}
	return words;
}

/* The C spelling, if these words are a C type of SIZE bytes where pointers have ADDRESS_SIZE bytes.
 */
static const char *spell_words(const struct words *words, uint64_t size, uint8_t address_size)
{
	bool plain = !words->is_unsigned;

	if (words->other || words->is_char)
		return NULL;
	if (words->is_int128)
		return size != 16 ? NULL : plain ? "__int128" : "unsigned __int128";
	if (words->is_short)
		return size != 2 ? NULL : plain ? "short" : "unsigned short";
	if (words->is_long == 2)
		return size != 8 ? NULL : plain ? "long long" : "unsigned long long";
	if (words->is_long == 1)
		return size != address_size ? NULL : plain ? "long" : "unsigned long";
	if (words->is_int || words->is_unsigned || words->is_signed)
		return size != 4 ? NULL : plain ? "int" : "unsigned int";
	return NULL;
}

static const char *sized(uint64_t bytes, bool is_signed, const struct layout_style *style,
			 struct arena *arena)
{
	unsigned int bits = (unsigned int)(bytes * 8);

	if (bytes == 16)
		return is_signed ? "__int128" : "unsigned __int128";
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		return "void";
	if (style->fixed_width)
		return arena_printf(arena, "%sint%u_t", is_signed ? "" : "u", bits);
	return arena_printf(arena, "__%sINT%u_TYPE__", is_signed ? "" : "U", bits);
}

const char *layout_unsigned(uint64_t bytes, const struct layout_style *style, struct arena *arena)
{
	return sized(bytes, false, style, arena);
}

/* Of the floating types of one size, the name tells __float128 from x87's. */
static const char *spell_float(const struct type *type)
{
	bool is_complex = type->encoding == ENC_COMPLEX;
	uint64_t size = is_complex ? type->size / 2 : type->size;

	if (size == 2)
		return is_complex ? "_Complex _Float16" : "_Float16";
	if (size == 4)
		return is_complex ? "_Complex float" : "float";
	if (size == 8)
		return is_complex ? "_Complex double" : "double";
	if (!is_complex && strstr(type->name ? type->name : "", "128"))
		return "__float128";
	return is_complex ? "_Complex long double" : "long double";
}

/* Whether `char` alone is signed, by the psABIs. */
static bool plain_char_is_signed(const struct model *model)
{
	const char *arch = model->info.arch;

	return arch && (!strcmp(arch, "x86_64") || !strcmp(arch, "i686"));
}

static const char *spell_char(const struct model *model, const struct type *type,
			      const struct words *words, const struct layout_style *style)
{
	if (type->encoding == ENC_UNSIGNED_CHAR || type->encoding == ENC_UNSIGNED)
		return "unsigned char";
	if (!words->is_signed && !style->fixed_width && plain_char_is_signed(model))
		return "char";
	return "signed char";
}

const char *layout_base(const struct model *model, const struct type *type,
			const struct layout_style *style, struct arena *arena)
{
	struct words words = words_of(type->name ? type->name : "");
	bool is_signed = type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR;
	const char *spelling = NULL;

	if (type->kind == KIND_FLOAT)
		return spell_float(type);
	if (type->encoding == ENC_BOOLEAN && type->size == 1)
		return "_Bool";
	if (words.is_char && type->size == 1)
		return spell_char(model, type, &words, style);
	if (!style->fixed_width && is_signed == !words.is_unsigned)
		spelling = spell_words(&words, type->size, model->info.address_size);
	return spelling ? spelling : sized(type->size, is_signed, style, arena);
}

/* ---- enums -------------------------------------------------------------------------------------
 */

/* VALUE as the enum means it, whatever width the debug info gave it. */
static uint64_t extend(const struct type *type, uint64_t value)
{
	unsigned int bits = type->size && type->size < 8 ? (unsigned int)type->size * 8 : 64;
	uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;

	if (type->encoding != ENC_SIGNED)
		return value & mask;
	return value >> (bits - 1) & 1 ? value | ~mask : value & mask;
}

const char *layout_enumerator(const struct type *type, uint64_t value, struct arena *arena)
{
	value = extend(type, value);
	if (type->encoding != ENC_SIGNED)
		return arena_printf(arena, "%" PRIu64 "%s", value,
				    value > INT64_MAX	 ? "ULL"
				    : value > UINT32_MAX ? "LL"
							 : "");
	if (value == (uint64_t)INT64_MIN)
		return "-9223372036854775807LL - 1";
	return arena_printf(arena, "%" PRId64 "%s", (int64_t)value,
			    value + (uint64_t)INT32_MAX + 1 > UINT32_MAX ? "LL" : "");
}

static unsigned int bytes_for(uint64_t low, uint64_t high, bool is_signed)
{
	for (unsigned int bytes = 1; bytes < 8; bytes *= 2) {
		uint64_t limit = (uint64_t)1 << (bytes * 8 - is_signed);

		if (high < limit && (!is_signed || ~low < limit))
			return bytes;
	}
	return 8;
}

const char *layout_enum_attribute(const struct model *model, const struct type *type)
{
	uint64_t low = 0, high = 0;
	bool is_signed = false;
	unsigned int least, natural;

	for (uint32_t i = 0; i < type->n; i++) {
		uint64_t value = extend(type, enumerators_of(model, type)[i].value);
		bool negative = type->encoding == ENC_SIGNED && (int64_t)value < 0;

		is_signed |= negative;
		if (negative)
			low = (int64_t)value < (int64_t)low ? value : low;
		else
			high = value > high ? value : high;
	}
	if (!is_signed)
		low = UINT64_MAX;
	least = bytes_for(low, high, is_signed);
	natural = least < 4 ? 4 : least;
	if (type->size == natural)
		return "";
	if (type->size == least)
		return " __attribute__((packed))";
	return type->size == 1	 ? " __attribute__((mode(QI)))"
	       : type->size == 2 ? " __attribute__((mode(HI)))"
	       : type->size == 4 ? " __attribute__((mode(SI)))"
				 : " __attribute__((mode(DI)))";
}
