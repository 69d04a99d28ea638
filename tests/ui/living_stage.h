// The window with a project that has vaults, over services in memory.
#pragma once

#include "tests/support/git_cli.h"
#include "tests/ui/window_stage.h"
#include "ui/project/deployments_view.h"
#include "ui/project/project_tabs.h"
#include "ui/project/registration_view.h"
#include "ui/shell/change_page.h"
#include "ui/shell/project_area.h"

#include <ctime>

namespace tau::test {

inline void rest() {
    for (int turn = 0; turn < 4; ++turn) { // one answer asks the next question
        Job::wait_for_all();
        settle();
    }
}

/// The window with a project of two vaults, on one of its pages.
struct LivingStage : WindowStage {
    explicit LivingStage(const std::function<void(SampleServices&)>& more = {})
        : WindowStage([&](SampleServices& s) {
              s.vault_states = sample_vault_states();
              if (more) {
                  more(s);
              }
          }) {
        window->open_project({"QmX", "shop", std::time(nullptr), {}, code.path, "/e"});
        rest();
    }
    DeploymentsView& deployments() {
        DeploymentsView& view = window->area().deployments();
        window->area().tabs().show_tab(&view);
        rest();
        return view;
    }
    RegistrationView& registration() {
        RegistrationView& view = window->area().registration();
        window->area().tabs().show_tab(&view);
        rest();
        return view;
    }
    ChangePage& change(ChangeWish::Kind kind) {
        registration().change_button(kind).click();
        rest();
        return window->change_page();
    }
    Clone code;
};

} // namespace tau::test
