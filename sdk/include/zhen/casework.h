/* SPDX-License-Identifier: Apache-2.0
 * What office plugins share: days, clocks, numbers, codes, journals, stand-ins, ratings and processes. A static library for a
 * plugin to link (CMake zhen::casework, pkg-config zhen-casework). Tables come as texts of SQL that a plugin puts into its
 * own migrations; each is a sequence of statements without a ';' at its end:
 *
 *	static const char first_sql[] = ZHEN_SERIES_SQL ";" ZHEN_JOURNAL_SQL ";" "CREATE TABLE ..."; */
#ifndef ZHEN_CASEWORK_H
#define ZHEN_CASEWORK_H

#include <zhen/casework/calendar.h>
#include <zhen/casework/clock.h>
#include <zhen/casework/code.h>
#include <zhen/casework/csv.h>
#include <zhen/casework/journal.h>
#include <zhen/casework/party.h>
#include <zhen/casework/process.h>
#include <zhen/casework/rating.h>
#include <zhen/casework/series.h>
#include <zhen/casework/substitution.h>

#endif
