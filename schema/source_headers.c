// SPDX-License-Identifier: GPL-2.0-or-later
/* C's freestanding headers, as far as generated code and hooks need them. */
#include "source_headers.h"

/* clang-format off */
const struct source_text source_headers[SOURCE_HEADERS] = {
	{.name = "stdint.h",
	 .text = "#pragma once\n"
		 "#define CO_INT(n) typedef __INT##n##_TYPE__ int##n##_t; typedef "
		 "__UINT##n##_TYPE__ uint##n##_t;\n"
		 "CO_INT(8) CO_INT(16) CO_INT(32) CO_INT(64)\n"
		 "typedef __INTPTR_TYPE__ intptr_t; typedef __UINTPTR_TYPE__ uintptr_t;\n"
		 "typedef __INTMAX_TYPE__ intmax_t; typedef __UINTMAX_TYPE__ uintmax_t;\n"
		 "#define INT8_MAX 0x7f\n#define INT16_MAX 0x7fff\n#define INT32_MAX 0x7fffffff\n"
		 "#define INT64_MAX __INT64_MAX__\n#define INT8_MIN (-INT8_MAX - 1)\n"
		 "#define INT16_MIN (-INT16_MAX - 1)\n#define INT32_MIN (-INT32_MAX - 1)\n"
		 "#define INT64_MIN (-INT64_MAX - 1)\n#define UINT8_MAX 0xff\n"
		 "#define UINT16_MAX 0xffff\n#define UINT32_MAX 0xffffffffu\n"
		 "#define UINT64_MAX (INT64_MAX * 2ull + 1)\n#define SIZE_MAX __SIZE_MAX__\n"
		 "#define UINTPTR_MAX __UINTPTR_MAX__\n#define INTPTR_MAX __INTPTR_MAX__\n"
		 "#define UINTMAX_MAX __UINTMAX_MAX__\n#define INTMAX_MAX __INTMAX_MAX__\n"
		 "#define UINT32_C(c) c##u\n#define INT64_C(c) c##ll\n#define UINT64_C(c) "
		 "c##ull\n"},
	{.name = "stddef.h",
	 .text = "#pragma once\ntypedef __SIZE_TYPE__ size_t;\ntypedef __PTRDIFF_TYPE__ "
		 "ptrdiff_t;\ntypedef __WCHAR_TYPE__ wchar_t;\n#define NULL ((void *)0)\n"
		 "#define offsetof(t, m) __builtin_offsetof(t, m)\n"},
	{.name = "stdbool.h",
	 .text = "#pragma once\n#define bool _Bool\n#define true 1\n#define false 0\n"},
	{.name = "stdarg.h",
	 .text = "#pragma once\ntypedef __builtin_va_list va_list;\n"
		 "#define va_start(v, l) __builtin_va_start(v, l)\n"
		 "#define va_end(v) __builtin_va_end(v)\n#define va_arg(v, t) "
		 "__builtin_va_arg(v, t)\n#define va_copy(d, s) __builtin_va_copy(d, s)\n"},
	{.name = "limits.h",
	 .text = "#pragma once\n#define CHAR_BIT __CHAR_BIT__\n#define SCHAR_MAX "
		 "__SCHAR_MAX__\n#define SCHAR_MIN (-SCHAR_MAX - 1)\n#define UCHAR_MAX "
		 "(SCHAR_MAX * 2 + 1)\n#define SHRT_MAX __SHRT_MAX__\n#define SHRT_MIN "
		 "(-SHRT_MAX - 1)\n#define USHRT_MAX (SHRT_MAX * 2 + 1)\n#define INT_MAX "
		 "__INT_MAX__\n#define INT_MIN (-INT_MAX - 1)\n#define UINT_MAX (INT_MAX * "
		 "2u + 1)\n#define LONG_MAX __LONG_MAX__\n#define LONG_MIN (-LONG_MAX - 1)\n"
		 "#define ULONG_MAX (LONG_MAX * 2ul + 1)\n#define LLONG_MAX "
		 "__LONG_LONG_MAX__\n#define LLONG_MIN (-LLONG_MAX - 1)\n#define ULLONG_MAX "
		 "(LLONG_MAX * 2ull + 1)\n"},
};
/* clang-format on */
