# SPDX-License-Identifier: Apache-2.0
# zhen_add_plugin(<id> SOURCES <file>... [LIBS <library>...] [TARGET <name>])
#
# Builds the plugin <id> as <id>.so: C17 or C++17, nothing exported but the one symbol, no symbol left for somebody else
# to provide, no include path but the SDK's and what LIBS bring. Its tables are written into section .note.zhen after
# linking. Works inside the tree of the host and, after find_package(Zhen), anywhere else. TARGET: the name inside CMake
# where <id> is taken.

include(CheckCXXCompilerFlag)
get_property(_zhen_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if("CXX" IN_LIST _zhen_languages)
	# Without it two versions of one C++ plugin share their statics even when loaded apart.
	check_cxx_compiler_flag(-fno-gnu-unique ZHEN_HAS_NO_GNU_UNIQUE)
endif()

function(zhen_add_plugin id)
	cmake_parse_arguments(PLUGIN "" "TARGET" "SOURCES;LIBS" ${ARGN})
	if(NOT PLUGIN_SOURCES)
		message(FATAL_ERROR "zhen_add_plugin(${id}): SOURCES are missing")
	endif()
	set(target ${id})
	if(PLUGIN_TARGET)
		set(target ${PLUGIN_TARGET})
	endif()
	add_library(${target} MODULE ${PLUGIN_SOURCES})
	target_link_libraries(${target} PRIVATE Zhen::sdk ${PLUGIN_LIBS})
	set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${id}
		C_STANDARD 17 C_STANDARD_REQUIRED ON CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON
		C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
		POSITION_INDEPENDENT_CODE ON)
	if(ZHEN_HAS_NO_GNU_UNIQUE)
		target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>)
	endif()
	# The sanitizers of clang leave their symbols to the program.
	if(NOT (ZHEN_SANITIZE AND CMAKE_C_COMPILER_ID MATCHES "Clang"))
		target_link_options(${target} PRIVATE -Wl,--no-undefined -Wl,-z,defs)
	endif()
	if(TARGET Zhen::note)
		set(note $<TARGET_FILE:Zhen::note>)
	else()
		# Inside the tree: built in a folder that comes later.
		set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins/${target})
		set(note $<TARGET_FILE:zhen-note>)
		add_dependencies(${target} zhen-note)
		set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${note})
	endif()
	add_custom_command(TARGET ${target} POST_BUILD COMMAND ${note} $<TARGET_FILE:${target}> VERBATIM
		COMMENT "Writing the note of ${id}.so")
endfunction()
