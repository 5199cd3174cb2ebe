# finding_prose.cmake
# cmake -DINPUT=docs/diagnosis.md -DOUTPUT=finding_prose.c -P finding_prose.cmake
# Makes the prose of docs/diagnosis.md readable for the plugin: for each finding what follows its marks, as plain text.
# CMake does it since it is there wherever the plugin is built.
#
# SPDX-License-Identifier: GPL-2.0-or-later

file(READ "${INPUT}" rest)
set(mark "<!-- finding ")
set(rows "")
string(FIND "${rest}" "${mark}" at)
while(at GREATER -1)
	string(LENGTH "${mark}" length)
	math(EXPR at "${at} + ${length}")
	string(SUBSTRING "${rest}" ${at} -1 rest)
	string(FIND "${rest}" " -->" end)
	string(SUBSTRING "${rest}" 0 ${end} name)
	# The section ends with the next finding or the next chapter.
	string(FIND "${rest}" "<!-- end -->" begin)
	string(SUBSTRING "${rest}" ${begin} -1 rest)
	string(REGEX REPLACE "^<!-- end -->\n" "" rest "${rest}")
	string(FIND "${rest}" "${mark}" at)
	string(FIND "${rest}" "\n## " chapter)
	if(chapter GREATER -1 AND (at EQUAL -1 OR chapter LESS at))
		string(SUBSTRING "${rest}" 0 ${chapter} prose)
	else()
		string(SUBSTRING "${rest}" 0 ${at} prose)
	endif()
	# The tests' captures are nobody's here.
	string(REGEX REPLACE "\n- \\*\\*Captures\\..*" "\n" prose "${prose}")
	# The window wraps lines itself: one for each paragraph.
	string(REGEX REPLACE "\n +" " " prose "${prose}")
	string(REGEX REPLACE "(^|\n)- \\*\\*([^.]*)\\.\\*\\*" "\n\n\\2:" prose "${prose}")
	string(REGEX REPLACE "\\*\\*|`" "" prose "${prose}")
	string(REGEX REPLACE "\\[([^]]*)\\]\\([^)]*\\)" "\\1" prose "${prose}")
	string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" prose "${prose}")
	string(STRIP "${prose}" prose)
	string(REPLACE "\n" "\\n\"\n      \"" prose "${prose}")
	string(TOUPPER "FINDING_${name}" id)
	string(REPLACE "." "_" id "${id}")
	string(APPEND rows "    [${id}] =\n      \"${prose}\",\n")
endwhile()
file(WRITE "${OUTPUT}" "/* Made from docs/diagnosis.md by finding_prose.cmake. SPDX-License-Identifier: GPL-2.0-or-later */

#include \"pvsboot/finding_prose.h\"

static const char *const prose[FINDING_COUNT] = {
${rows}};

const char *
finding_prose(finding_id id)
{
    return prose[id] ? prose[id] : \"\";
}
")
