# cmake -DTREE=<source tree> -P lint.cmake: fails, naming file and reason, when an include goes
# against the arrows of ARCHITECTURE.md, core needs Qt, ui knows an address, or a file at the top
# of the tree has no place there.
cmake_minimum_required(VERSION 3.25)

# What each folder of core may include, itself and core/ports.h aside.
set(may_base "")
set(may_seal base keys)
set(may_keys base seal)
set(may_git base seal)
set(may_yaml base)
set(may_forge base seal keys git)
set(may_vault base seal keys git)
set(may_project base seal keys git yaml vault)
set(may_flow base seal keys git yaml forge vault project)
set(may_node base seal keys git vault)
set(may_ports base)

# Includes that a rule refuses and a reason allows: "file <header>".
set(tolerated
    "ui/common/icons.cpp <QFile>") # reads the program's own resources (":/icons/…"), no file

set(may_stand_on_top
    CMakeLists.txt CMakePresets.json README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE
    app ui core resources tests packaging .ci .clang-format .clang-tidy .editorconfig .gitignore)
# Not ours: what git and a build leave there (.gitignore names the rest).
set(ignored_on_top "^(\\.git|build|build-.*|\\.cache|compile_commands\\.json|.*\\.user)$")

set(found 0)
function(report file sentence)
    message(NOTICE "${file}: ${sentence}")
    set(found 1 PARENT_SCOPE)
endfunction()

# includes(<out> <file>): what the file includes, with its quotes or brackets.
function(includes out file)
    file(STRINGS ${TREE}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
    set(names "")
    foreach(line IN LISTS lines)
        string(REGEX MATCH "[<\"][^>\"]+[>\"]" name "${line}")
        list(APPEND names "${name}")
    endforeach()
    set(${out} "${names}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE core_files RELATIVE ${TREE} ${TREE}/core/*.h ${TREE}/core/*.cpp)
file(GLOB_RECURSE ui_files RELATIVE ${TREE} ${TREE}/ui/*.h ${TREE}/ui/*.cpp)
file(GLOB_RECURSE core_lists RELATIVE ${TREE} ${TREE}/core/CMakeLists.txt)

foreach(file IN LISTS core_files)
    string(REGEX MATCH "^core/([a-z]+)" ignored "${file}")
    set(folder ${CMAKE_MATCH_1})
    if(NOT DEFINED may_${folder})
        report(${file} "is in a folder of core that tests/lint/lint.cmake does not know")
        continue()
    endif()
    includes(names ${file})
    foreach(name IN LISTS names)
        if(name MATCHES "^[<\"](Q[A-Z]|Qt|qt[a-z0-9]*keychain)")
            report(${file} "core includes Qt: ${name}")
        elseif(name MATCHES "^\"core/([a-z]+)")
            set(target ${CMAKE_MATCH_1})
            if(NOT target STREQUAL folder AND NOT target STREQUAL "ports"
                    AND NOT target IN_LIST may_${folder})
                report(${file} "core/${folder} may not include core/${target}: ${name}")
            endif()
        elseif(name MATCHES "^\"")
            report(${file} "core names its headers from the top (\"core/…\"), not ${name}")
        endif()
    endforeach()
endforeach()

foreach(file IN LISTS core_lists)
    file(STRINGS ${TREE}/${file} lines REGEX "Qt6|ui/|app/")
    if(lines)
        report(${file} "core is built without Qt, ui and app: ${lines}")
    endif()
endforeach()

foreach(file IN LISTS ui_files)
    includes(names ${file})
    foreach(name IN LISTS names)
        if(name MATCHES "^\"" AND NOT name MATCHES "^\"(ui/|core/|[a-z_]+\\.moc)")
            report(${file} "ui includes ui and core only, not ${name}")
        elseif(name MATCHES "^<Q(tNetwork|Network|Tcp|Ssl|Udp|LocalS|File>|SaveFile|Process|Settings)"
                AND NOT "${file} ${name}" IN_LIST tolerated)
            report(${file} "ui has no network, files, processes or settings of its own: ${name}")
        endif()
    endforeach()
    file(STRINGS ${TREE}/${file} lines REGEX "\"[^\"]*[a-z]://")
    foreach(line IN LISTS lines)
        string(STRIP "${line}" line)
        report(${file} "ui knows no address: ${line}")
    endforeach()
endforeach()

file(GLOB on_top LIST_DIRECTORIES true RELATIVE ${TREE} ${TREE}/* ${TREE}/.*)
foreach(name IN LISTS on_top)
    if(NOT name MATCHES "${ignored_on_top}" AND NOT name IN_LIST may_stand_on_top)
        report(${name} "has no place at the top of the tree")
    endif()
endforeach()

foreach(name README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE)
    if(NOT EXISTS ${TREE}/${name})
        report(${name} "is missing at the top of the tree")
    endif()
endforeach()

if(found)
    message(FATAL_ERROR "The layout or the include arrows do not hold; see ARCHITECTURE.md.")
endif()
list(LENGTH core_files core_count)
list(LENGTH ui_files ui_count)
if(core_count EQUAL 0)
    message(FATAL_ERROR "No file of core was found below ${TREE}.")
endif()
message(STATUS "${core_count} files of core and ${ui_count} of ui keep to the arrows.")
