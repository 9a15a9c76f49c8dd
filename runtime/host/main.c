// SPDX-License-Identifier: GPL-2.0-or-later
/* carryover-run: state of one kernel, captured and converted for the next. */
#include "run.h"

int main(int argc, char **argv)
{
	return run_main(argc, argv, stdout, stderr);
}
