/* SPDX-License-Identifier: Apache-2.0
 * The half of this plugin that is about posts, headcount and persons: its rows of the plugin's tables, and its handlers. */
#ifndef DUTIES_PEOPLE_H
#define DUTIES_PEOPLE_H

#include "duties.h"

/* Rows for the tables in duties.c, each ending in a comma; migrations go on from 6. */
#define PEOPLE_MIGRATIONS
#define PEOPLE_ROUTES
#define PEOPLE_TOPICS
#define PEOPLE_JOBS
#define PEOPLE_SETTINGS
#define PEOPLE_PERMISSIONS
#define PEOPLE_MENU
#define PEOPLE_PURGES

#endif
