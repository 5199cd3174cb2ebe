# same-times.cmake
# Gives the packaged files the time SOURCE_DATE_EPOCH, so that one source makes one package, byte by byte
#
# SPDX-License-Identifier: GPL-2.0-or-later

if(DEFINED ENV{SOURCE_DATE_EPOCH})
	execute_process(COMMAND find "${CPACK_TEMPORARY_DIRECTORY}" -exec touch --no-dereference
		"--date=@$ENV{SOURCE_DATE_EPOCH}" "{}" + COMMAND_ERROR_IS_FATAL ANY)
endif()
