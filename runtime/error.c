// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The sentences for error codes. */
#include "core.h"

static const char *const sentences[] = {
	[-CO_OK] = "no error",
	[-CO_E_ARGUMENT] = "the caller passed a size, alignment or index that cannot be",
	[-CO_E_API] = "the converter was generated for another version of the runtime",
	[-CO_E_GATE] = "converter and state belong to different kernels or layouts",
	[-CO_E_ROOM] = "the caller's memory is too small",
	[-CO_E_VALUE] = "the value does not fit the new type",
	[-CO_E_POINTER] = "the pointer's target did not cross",
	[-CO_E_HOOK] = "a hook refused",
	[-CO_E_READ] = "old memory cannot be read",
	[-CO_E_FORMAT] = "the image is truncated, malformed or of an unknown version",
	[-CO_E_CHECKSUM] = "the image's bytes changed since it was written",
	[-CO_E_LIMIT] = "more objects, a longer list or a longer string than the limit",
	[-CO_E_TYPE] = "the converter does not carry this type",
	[-CO_E_VETO] = "a participant refused",
	[-CO_E_TIME] = "the time that was given is over",
	[-CO_E_COUNT] = "another number of objects than was announced",
	[-CO_E_PHASE] = "called out of order",
	[-CO_E_CONSUMED] = "the image was applied or taken back before",
	[-CO_E_PARTICIPANT] = "a participant is missing, or its registration contradicts itself",
};

const char *co_strerror(int error)
{
	if (error > 0 || error <= -(int)(sizeof(sentences) / sizeof(sentences[0])))
		return "unknown error";
	return sentences[-error];
}
