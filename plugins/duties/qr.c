/* SPDX-License-Identifier: Apache-2.0 */
#include "duties.h"

#include <qrencode.h>

#define MARGIN 4 /* modules, as the standard asks */

const char *qr_svg(zhen_call *call, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (code == NULL)
		return NULL;
	const int side = code->width + 2 * MARGIN;
	size_t room = 512 + (size_t)(code->width * code->width) * 24;
	char *svg = (char *)zhen_alloc(call, room), *to = svg;
	to += sprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
	                  "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
	                  side, side,
	              side * 8, side * 8, side, side);
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			if ((code->data[y * code->width + x] & 1) != 0)
				to += sprintf(to, "M%d %dh1v1h-1z", x + MARGIN, y + MARGIN);
	sprintf(to, "\"/></svg>\n");
	QRcode_free(code);
	return svg;
}
