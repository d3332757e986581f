/* SPDX-License-Identifier: Apache-2.0
 * libzhen-test is the test host's archive and the floors below it; this file is its one source of its own. */
#include <zhen/test.h>
