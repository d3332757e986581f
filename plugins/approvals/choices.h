/* SPDX-License-Identifier: Apache-2.0
 * Words that both a form offers and a page shows. */
#ifndef APPROVALS_CHOICES_H
#define APPROVALS_CHOICES_H

#include "approvals.h"

#define STATE_CHOICES                                                                                    \
	"filed=待受理|supplementing=待补正|review=审核中|suspended=期限扣除中|refusing=拟不予许可|"      \
	"approved=准予待发证|issuing=制证中|issued=已发证|not_needed=无需许可|refused=不予受理|"         \
	"rejected=不予许可|withdrawn=已撤销|recalled=许可已撤回|cancelled=已注销|retracted=申请已撤回|archived=已归档"
#define REASON_CHOICES "split=分户新建住房|rebuild=原址改、扩、翻建|move=异址迁建|other_need=其他法定情形"
#define STANDSTILL_CHOICES                                                                                    \
	"tender=招标|auction=拍卖|inspection=检验|testing=检测|quarantine=检疫|appraisal=鉴定|expert_review=专家评审"
#define SUSPENSION_CHOICES "hearing=听证|" STANDSTILL_CHOICES
#define HEARING_CHOICES "applicant=申请人要求|third=利害关系人要求|office=依职权举行|waived=书面放弃"
#define HEARING_OUTCOMES "held=已经举行|withdrawn=申请听证的人撤回、无故不到场"
#define DISPOSAL_CHOICES "none=没有现有宅基地|keep=保留（原址）|return=退给村集体|sold=已出卖、出租或赠与"
#define LAND_CHOICES \
	"construction=集体建设用地|unused=未利用地|farmland=农用地（非永久基本农田）|basic_farmland=永久基本农田"
#define CHANNEL_CHOICES "online=网上|window=便民服务中心窗口|station=村便民服务站|self=24小时自助服务|agent=代办"

/* Known from who files: carried by the addresses that self-service points open, asked of nobody. */
#define DOOR                                                                                                          \
	{ .name = "channel", .type = ZHEN_CHOICE, .label = "提交方式", .flags = ZHEN_HIDDEN, .choices = CHANNEL_CHOICES }, \
		{ .name = "place", .type = ZHEN_INT, .label = "办事地点", .flags = ZHEN_HIDDEN, .min = 1, .max = INT64_MAX }

#define HANDED_CHOICES                                                                                            \
	"paper=纸质件已收|shared=本机关已获取|waived=本件不需要|deferred=容缺后补|promised=告知承诺|missing=缺少、不合格"
/* Of who adds materials to a case: the code, or what the page before carries in its place. */
#define PASSING                                                                                                           \
	{ .name = "code", .type = ZHEN_SECRET, .label = "查询码", .help = "刚提交申请、刚查询过的，两小时内不用再填" },            \
		{ .name = "pass", .type = ZHEN_TEXT, .label = "免填查询码的凭据", .flags = ZHEN_HIDDEN, .max = 100 },      \
		{ .name = "ticket", .type = ZHEN_TEXT, .label = "上传凭据", .flags = ZHEN_HIDDEN, .max = 400 }
#define ENDING_CHOICES "revoke=撤销|recall=撤回|change=变更|cancel=注销"
#define KEPT_CHOICES "paper=纸质原件收存在卷|file=申请人已上传"

extern const zhen_field member_fields[], handed_fields[];
/* What the clerk says of the materials, in whichever form of accepting. */
#define HANDED_IN                                                                                                          \
	{ .name = "papers", .type = ZHEN_BOOL, .label = "逐份核对过：缺少的纸质件都已收齐",                                \
	  .help = "个别不是的，在下面写明" },                                                                      \
		{ .name = "obtained", .type = ZHEN_BOOL, .label = "由本机关获取的（数据共享、内部核验）都已取得" },        \
		{ .name = "obtained_from", .type = ZHEN_TEXT, .label = "从哪里取得", .max = 60,                            \
		  .help = "由本机关获取的必填：平台、系统或者单位，如省数据共享交换平台" },                                \
		{ .name = "materials", .type = ZHEN_LIST, .label = "缺少的材料", .fields = handed_fields, .max = 30,       \
		  .help = "已上传的不用填；不选怎样收到、取得的，仍算缺少" }

#endif
