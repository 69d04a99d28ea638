#include "app/console/pictures.h"

#include "ui/common/theme.h"
#include "ui/project/changes_view.h"
#include "ui/project/history_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/project_area.h"
#include "ui/shell/project_page.h"
#include "ui/vaults/vaults_page.h"
#include "ui/wizard/wizard.h"

#include <QDir>
#include <QFile>

namespace tau::app {

namespace {

constexpr int look_every_ms = 50;
constexpr int most_looks = 1200; // a minute a scene
constexpr int looks_to_settle = 3;

} // namespace

Pictures::Pictures(ui::MainWindow& window, QString folder, bool only_vaults)
    : window_(window), folder_(std::move(folder)) {
    timer_.setInterval(look_every_ms);
    connect(&timer_, &QTimer::timeout, this, &Pictures::look);
    vault_scenes(only_vaults);
    if (!only_vaults) {
        wizard_scenes();
        after_scenes();
    }
}

void Pictures::vault_scenes(bool only_vaults) {
    const auto browser = [this]() -> ui::VaultBrowser& { return window_.vaults_page()->browser(); };
    const auto network_there = [this] {
        const auto* entry = window_.networks().current();
        return entry != nullptr && entry->network != nullptr;
    };
    scenes_.push_back({QStringLiteral("start"), [this] { window_.show_start(); }, network_there});
    scenes_.push_back({QStringLiteral("vaults"), [this] { window_.show_vaults(); },
                       [browser] { return browser().current_row().has_value(); }});
    scenes_.push_back({QStringLiteral("vaults-compared"),
                       [browser] {
                           for (int i = 0; i < 4 && i < browser().rows().rowCount(); ++i) {
                               browser().pick(browser().rows().node_at(i));
                               Q_EMIT browser().panel().compare_wanted(true);
                           }
                           browser().messages().close_message();
                           browser().show_comparison(true);
                       },
                       [] { return true; }});
    if (!only_vaults) {
        return; // what is filtered now would be filtered in the wizard, too
    }
    scenes_.push_back({QStringLiteral("vaults-filtered"),
                       [browser] {
                           browser().show_comparison(false);
                           ui::Wishes wishes = browser().wishes();
                           wishes.filter.min_reputation = 0.9;
                           wishes.filter.regions = {1, 2, 3, 6};
                           browser().set_wishes(wishes);
                       },
                       [browser] { return browser().rows().rowCount() > 0; }});
}

void Pictures::wizard_scenes() {
    const auto can_go_on = [this] { return window_.wizard()->can_go_on(); };
    const auto next = [this] { window_.wizard()->next(); };
    scenes_.push_back({QStringLiteral("project"),
                       [this] {
                           window_.new_project();
                           window_.wizard()->model().edit([](project::Draft& draft) {
                               draft.name = "shop";
                               draft.description = "A shop for plants";
                               draft.email = "me@example.org";
                           });
                           window_.wizard()->show_draft();
                       },
                       [this] {
                           ui::WizardModel& model = window_.wizard()->model();
                           if (model.checking() || !window_.wizard()->can_go_on()) {
                               return false;
                           }
                           if (model.name_issue(vault::Role::configuration).isEmpty()) {
                               return true;
                           }
                           // An earlier round was here: take the next name.
                           model.edit([this](project::Draft& draft) {
                               draft.name = "shop_" + std::to_string(++name_tries_);
                           });
                           window_.wizard()->show_draft();
                           return false;
                       }});
    for (const char* name : {"repositories", "vault", "review"}) {
        scenes_.push_back({QString::fromLatin1(name), next, can_go_on});
    }
}

void Pictures::after_scenes() {
    scenes_.push_back({QStringLiteral("create"), [this] { window_.wizard()->next(); },
                       [this] {
                           return window_.wizard()->flow_view().has_result() ||
                                  window_.wizard()->flow_view().state() ==
                                      ui::FlowView::State::stopped;
                       }});
    scenes_.push_back({QStringLiteral("registered"),
                       [this] {
                           if (window_.wizard()->flow_view().has_result()) {
                               window_.wizard()->flow_view().open_result();
                           }
                       },
                       [this] { return window_.area().overview().has_project(); }});
    scenes_.push_back({QStringLiteral("verified"), [this] { window_.area().overview().verify(); },
                       [this] { return window_.area().overview().is_verified(); }});
    configuration_scenes();
    scenes_.push_back({QStringLiteral("changes"),
                       [this] {
                           window_.area().tabs().set_tab_visible(&window_.area().merge(), false);
                           window_.area().tabs().show_tab(&window_.area().changes());
                       },
                       [this] {
                           return !window_.area().changes().busy() &&
                                  !window_.area().changes().diff().caption().isEmpty();
                       }});
    scenes_.push_back({QStringLiteral("history"),
                       [this] { window_.area().tabs().show_tab(&window_.area().history()); },
                       [this] { return window_.area().history().commits().rowCount() > 0; }});
    living_scenes();
    scenes_.push_back(
        {QStringLiteral("projects"), [this] { window_.show_start(); }, [] { return true; }});
}

void Pictures::start() {
    QDir().mkpath(folder_);
    window_.show();
    scenes_.front().act();
    timer_.start();
}

void Pictures::look() {
    if (++looks_ > most_looks) {
        timer_.stop();
        Q_EMIT finished(tr("The page %1 was not ready in time: %2")
                            .arg(scenes_[scene_].name, window_.message_bar().text()));
        return;
    }
    settled_ = scenes_[scene_].ready() ? settled_ + 1 : 0;
    if (settled_ >= looks_to_settle) {
        next_scene();
    }
}

void Pictures::next_scene() {
    if (!keep(scenes_[scene_].name)) {
        timer_.stop();
        Q_EMIT finished(tr("The pictures cannot be written to %1.").arg(folder_));
        return;
    }
    looks_ = 0;
    settled_ = 0;
    if (++scene_ == scenes_.size()) {
        timer_.stop();
        Q_EMIT finished({});
        return;
    }
    scenes_[scene_].act();
}

bool Pictures::keep(const QString& name) {
    bool good = true;
    for (const auto& [mode, suffix] : {std::pair{ui::ThemeMode::dark, QStringLiteral("dark")},
                                       std::pair{ui::ThemeMode::light, QStringLiteral("light")}}) {
        ui::Theme::get().set_mode(mode);
        good = window_.grab().save(folder_ + QLatin1Char('/') + name + QLatin1Char('-') + suffix +
                                   QStringLiteral(".png")) &&
               good;
    }
    return good;
}

} // namespace tau::app
