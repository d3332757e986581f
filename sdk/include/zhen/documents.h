/* SPDX-License-Identifier: Apache-2.0
 * Official documents: PDF, number, seal, QR code, verification, signatures. A static library for a plugin to link (CMake
 * zhen::documents, pkg-config zhen-documents); it brings zhen::casework, cairo, pango, qrencode and jansson. */
#ifndef ZHEN_DOCUMENTS_H
#define ZHEN_DOCUMENTS_H

#include <zhen/documents/document.h>
#include <zhen/documents/pdf.h>
#include <zhen/documents/sheet.h>

#endif
