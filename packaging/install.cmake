# SPDX-License-Identifier: Apache-2.0
# The install layout, by any prefix; with /usr the configuration goes to /etc.
#
#   bin/zhend zhenctl zhen-check zhen-note
#   lib/<triplet>/zhen/zhen-worker
#   lib/<triplet>/zhen/plugins/<id>/<id>.so     (and <id>/web/ where a plugin brings pages)
#   etc/zhen/zhend.conf roles.conf pilots/ data/  (what a county has edited is never written over)
#   lib/systemd/system/zhend.service
#   share/doc/zhen/, share/man, share/bash-completion
#   include/zhen, lib/<triplet>/pkgconfig, lib/<triplet>/cmake/zhen: by sdk/CMakeLists.txt
set(ZHEN_LIBDIR ${CMAKE_INSTALL_LIBDIR}/zhen)
if(CMAKE_INSTALL_FULL_SYSCONFDIR STREQUAL "/etc")
	set(ZHEN_FULL_CONFDIR /etc/zhen)
else()
	set(ZHEN_FULL_CONFDIR ${CMAKE_INSTALL_PREFIX}/etc/zhen)
endif()

# Programs find their code beside themselves, and their configuration here unless told otherwise.
if(TARGET zhen_daemon)
	target_compile_definitions(zhen_daemon PRIVATE ZHEN_LIBDIR="${ZHEN_LIBDIR}")
endif()
foreach(program zhend zhen-check)
	if(TARGET ${program})
		target_compile_definitions(${program} PRIVATE ZHEN_CONF="${ZHEN_FULL_CONFDIR}/zhend.conf")
	endif()
endforeach()

foreach(program zhend zhenctl zhen-check)
	if(TARGET ${program})
		install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT host)
	endif()
endforeach()
if(TARGET zhen-worker)
	install(TARGETS zhen-worker RUNTIME DESTINATION ${ZHEN_LIBDIR} COMPONENT host)
endif()

# systemd splits words at blanks and reads % as its own: a path is quoted and its % doubled.
string(REPLACE "%" "%%" unit_zhend "${CMAKE_INSTALL_FULL_BINDIR}/zhend")
string(REPLACE "%" "%%" unit_conf "${ZHEN_FULL_CONFDIR}/zhend.conf")
configure_file(${CMAKE_CURRENT_LIST_DIR}/zhend.service.in ${CMAKE_BINARY_DIR}/packaging/zhend.service @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/packaging/zhend.service DESTINATION lib/systemd/system COMPONENT host)
install(FILES README.md README.zh-CN.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT host)

# A file that is there and differs stays; the new one is put beside it as NAME.new, as package managers do.
file(GLOB_RECURSE conf_files RELATIVE ${PROJECT_SOURCE_DIR}/conf CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/conf/*)
install(CODE "
	set(conf_from [==[${PROJECT_SOURCE_DIR}/conf]==])
	set(conf_files [==[${conf_files}]==])
	set(conf_to [==[${ZHEN_FULL_CONFDIR}]==])
" COMPONENT host)
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/install-conf.cmake COMPONENT host)

# Plugins as they were built: their note stands in the file, so nothing rewrites it.
file(GLOB plugin_lists ${PROJECT_SOURCE_DIR}/plugins/*/CMakeLists.txt)
foreach(list ${plugin_lists})
	get_filename_component(folder ${list} DIRECTORY)
	get_filename_component(id ${folder} NAME)
	if(TARGET ${id})
		install(FILES $<TARGET_FILE:${id}> DESTINATION ${ZHEN_LIBDIR}/plugins/${id} COMPONENT host)
	endif()
	if(IS_DIRECTORY ${folder}/web)
		install(DIRECTORY ${folder}/web DESTINATION ${ZHEN_LIBDIR}/plugins/${id} COMPONENT host)
	endif()
endforeach()

# Manual pages and the completion of bash: the programs print them, from the tables that they run by.
if(TARGET zhend AND TARGET zhenctl)
	set(printed ${CMAKE_BINARY_DIR}/packaging)
	add_custom_command(OUTPUT ${printed}/zhend.8 ${printed}/zhend.conf.5 ${printed}/zhenctl.1 ${printed}/zhenctl
		COMMAND zhend --print-man > ${printed}/zhend.8
		COMMAND zhend --print-man-conf > ${printed}/zhend.conf.5
		COMMAND zhenctl --print-man > ${printed}/zhenctl.1
		COMMAND zhenctl --print-completion > ${printed}/zhenctl
		DEPENDS zhend zhenctl VERBATIM)
	add_custom_target(zhen-manual ALL DEPENDS ${printed}/zhend.8)
	install(FILES ${printed}/zhend.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT host)
	install(FILES ${printed}/zhend.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 COMPONENT host)
	install(FILES ${printed}/zhenctl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT host)
	install(FILES ${printed}/zhenctl DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT host)
endif()
