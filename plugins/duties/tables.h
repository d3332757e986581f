/* SPDX-License-Identifier: Apache-2.0
 * The lists of fields, replies and rows that the plugin's tables point to. */
#ifndef DUTIES_TABLES_H
#define DUTIES_TABLES_H

#include "duties.h"

extern const zhen_migration migrations[];

/* fields.c */
extern const zhen_field none_fields[], import_fields[], catalogue_fields[], catalogue_items_fields[], units_fields[],
	unit_list_fields[], unit_items_fields[], unit_item_fields[], unit_diff_fields[], public_fields[],
	public_item_fields[], slug_fields[], guide_fields[], history_fields[], draft_fields[], lists_fields[],
	one_fields[], list_items_fields[], choose_fields[], add_fields[], placing_fields[], remove_fields[],
	list_import_fields[], situation_import_fields[], situation_export_fields[], publish_fields[], pick_fields[],
	seek_fields[];
/* fields_acts.c */
extern const zhen_field round_fields[], rounds_fields[], survey_fields[], assess_fields[], note_fields[],
	reviews_fields[], review_fields[], admission_fields[], admissions_fields[], new_admission_fields[],
	opinion_fields[], task_fields[], new_task_fields[], tasks_fields[], assign_fields[], usage_fields[],
	grid_fields[], grids_fields[], situation_fields[], new_situation_fields[], situations_fields[],
	situation_change_fields[], situation_remove_fields[], answer_fields[], organ_fields[], organs_fields[],
	transfer_fields[], new_transfer_fields[], transfers_fields[], record_fields[], division_fields[], year_fields[],
	quarter_fields[];
/* replies.c */
extern const zhen_field ticket_reply[], imported_reply[], catalogues_reply[], catalogue_reply[],
	catalogue_items_reply[], units_reply[], unit_reply[], unit_items_reply[], unit_item_reply[], boundary_reply[],
	unit_diff_reply[], public_reply[], history_reply[], lists_reply[], list_reply[], list_items_reply[],
	list_done_reply[], published_reply[], choice_reply[], seek_reply[];
/* replies_acts.c */
extern const zhen_field survey_reply[], assess_reply[], rounds_reply[], round_reply[], round_done_reply[],
	reviews_reply[], admissions_reply[], admission_reply[], decided_reply[], tasks_reply[], task_reply[],
	task_done_reply[], usage_reply[], grids_reply[], situations_reply[], situation_reply[],
	situations_imported_reply[], removed_reply[], exported_reply[], answer_reply[], organs_reply[],
	transfers_reply[], transfer_reply[], state_reply[], lists_report[], adjustments_report[], processes_reply[],
	tile_reply[];
/* situation.c */
extern const char situations_sql[], situations_kept_sql[];
/* find.c */
extern const char entries_sql[];
extern const zhen_field find_fields[], find_reply[];

zhen_handle start, watch_reviews, watch_years, tile_lists;
zhen_handle list_catalogues, show_catalogue, list_catalogue_items, import_catalogue, show_import;
zhen_handle list_units, show_unit, list_unit_items, show_unit_item, list_boundary, show_unit_diff, show_public,
	show_public_item, show_qr, set_guide, list_history;
zhen_handle create_draft, list_lists, show_list, list_items_of, show_list_diff, choose_items, add_item, place_item,
	remove_item, import_items, publish_list, discard_draft;
zhen_handle show_choice, pick_items, list_to_place, list_to_remove, list_to_survey, show_assessing;
/* new_pages.c */
zhen_handle list_to_add, show_new_admission, list_to_transfer, list_to_assign, list_to_grid, show_new_situation,
	show_new_grid_type;
zhen_handle open_round, list_rounds, show_round, survey_items, end_survey, assess_items, end_assessment, close_round;
zhen_handle list_reviews, record_review;
zhen_handle file_admission, list_admissions, show_admission, approve_admission, refuse_admission, retract_admission;
zhen_handle create_task, list_tasks, show_task, assign_task, cancel_task, record_usage;
zhen_handle admit_grid_type, remove_grid_type, list_grid_types;
zhen_handle set_situation, change_situation, list_situations, list_removed, show_situation, remove_situation,
	answer_situation;
/* situation_csv.c */
zhen_handle import_situations, export_situations, send_export;
zhen_handle set_organ, list_organs;
zhen_handle open_transfer, list_transfers, show_transfer, record_transfer, complete_transfer;
zhen_handle report_lists, report_adjustments, report_reviews, show_processes, find_items;

/* @list is in force, or will be; @previous is the one before it. */
void find_published(zhen_call *call, const struct list *list, const struct list *previous);

zhen_result optional_check(zhen_call *call, const struct list *list);

#endif
