# cmake -DTREE=… -DSCRATCH=… -P lint_refuses.cmake: plants one violation after another in a copy
# of the tree; the lint must name each, and pass again without it.
cmake_minimum_required(VERSION 3.25)
get_filename_component(here ${CMAKE_CURRENT_LIST_FILE} DIRECTORY)

# file | line to plant | what the lint must say
set(plants
    "core/seal/planted.cpp|#include <QString>|core includes Qt"
    "core/seal/planted.h|  #  include <QtCore/QString>|core includes Qt"
    "core/base/planted.h|#include \"core/seal/seal.h\"|core/base may not include core/seal"
    "core/vault/planted.cpp|#include \"core/flow/flow.h\"|core/vault may not include core/flow"
    "core/yaml/planted.cpp|#include \"core/project/config.h\"|core/yaml may not include core/project"
    "core/forge/planted.cpp|#include \"core/vault/claim.h\"|core/forge may not include core/vault"
    "core/node/planted.h|#include \"core/forge/forge.h\"|core/node may not include core/forge"
    "core/keys/planted.h|#include \"../flow/flow.h\"|core names its headers from the top"
    "core/git/planted.cpp|#include \"ui/common/job.h\"|core names its headers from the top"
    "core/other/planted.h|#pragma once|does not know"
    "core/base/CMakeLists.txt|target_link_libraries(tau_core PRIVATE Qt6::Core)|built without Qt"
    "ui/planted.cpp|#include \"app/adapters/settings.h\"|ui includes ui and core only"
    "ui/planted.h|#include <QNetworkAccessManager>|ui has no network"
    "ui/planted.cpp|open(\"https://example.org/help\")|ui knows no address"
    "notes.txt|hello|no place at the top")

function(lint out_status out_text)
    execute_process(COMMAND ${CMAKE_COMMAND} -DTREE=${SCRATCH} -P ${here}/lint.cmake
                    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    set(${out_status} ${status} PARENT_SCOPE)
    set(${out_text} "${text}" PARENT_SCOPE)
endfunction()

function(fresh_copy)
    file(REMOVE_RECURSE ${SCRATCH})
    file(GLOB texts ${TREE}/*.md ${TREE}/LICENSE)
    file(COPY ${TREE}/core ${TREE}/ui ${texts} DESTINATION ${SCRATCH})
endfunction()

fresh_copy()
lint(status text)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "The copy is refused before anything is planted:\n${text}")
endif()
foreach(plant IN LISTS plants)
    string(REPLACE "|" ";" plant "${plant}")
    list(GET plant 0 file)
    list(GET plant 1 line)
    list(GET plant 2 sentence)
    file(APPEND ${SCRATCH}/${file} "\n${line}\n")
    lint(status text)
    string(FIND "${text}" "${sentence}" position)
    if(status EQUAL 0 OR position EQUAL -1)
        message(FATAL_ERROR "Planted in ${file}: ${line}\nThe lint should say \"${sentence}\"; "
                            "it ended with ${status} and said:\n${text}")
    endif()
    fresh_copy()
endforeach()
file(REMOVE ${SCRATCH}/README.md)
lint(status text)
if(status EQUAL 0 OR NOT text MATCHES "README.md: is missing")
    message(FATAL_ERROR "A tree without README.md passes:\n${text}")
endif()
file(REMOVE_RECURSE ${SCRATCH})
