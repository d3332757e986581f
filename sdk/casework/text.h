/* SPDX-License-Identifier: Apache-2.0
 * What the files of this library share. */
#ifndef CASEWORK_TEXT_H
#define CASEWORK_TEXT_H

static inline const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

#endif
