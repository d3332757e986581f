/* SPDX-License-Identifier: Apache-2.0
 * Between the files of accounts: how a row of the tables becomes a struct. */
#pragma once

#include "access/accounts.h"

/* What accounts_row() reads, in its order; a statement may ask for more behind them. */
#define ACCOUNT_COLUMNS "id, login, name, password, demo"
#define ACCOUNT_COLUMN_COUNT 5

gint64 accounts_int(StoreStmt *stmt, guint column);       /* 0 = no integer */
const char *accounts_text(StoreStmt *stmt, guint column); /* borrowed until the next step; "" = no text */
Account *accounts_row(StoreStmt *stmt);                   /* (transfer full) without its posts */
gboolean accounts_read_posts(StoreConn *conn, Account *account, GError **error); /* adds them */
