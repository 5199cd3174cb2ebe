# debian.cmake
# What the Debian package depends on beside the libraries that it links: exactly one minor version of Wireshark
#
# Wireshark loads a plugin only if both its version numbers agree. libwireshark alone would not see to that: an upgrade
# may leave the old library where it is. Both tshark and wireshark come with their own wireshark-common.
#
# SPDX-License-Identifier: GPL-2.0-or-later

execute_process(COMMAND dpkg-query --search "${CPACK_WIRESHARK_LIBRARY}" OUTPUT_VARIABLE owner RESULT_VARIABLE failed)
if(failed OR NOT owner MATCHES "^([^:]+):")
	message(FATAL_ERROR "No Debian package holds ${CPACK_WIRESHARK_LIBRARY}, so the package could not depend on it")
endif()
set(library "${CMAKE_MATCH_1}")
math(EXPR next "${CPACK_WIRESHARK_MINOR} + 1")
foreach(package IN ITEMS "${library}" wireshark-common)
	list(APPEND depends "${package} (>= ${CPACK_WIRESHARK_MAJOR}.${CPACK_WIRESHARK_MINOR}~)"
		"${package} (<< ${CPACK_WIRESHARK_MAJOR}.${next}~)")
endforeach()
list(JOIN depends ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
