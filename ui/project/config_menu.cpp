// The configuration tab's menu: what can be done with what is chosen in the tree.
#include "ui/common/text.h"
#include "ui/project/config_tab.h"

#include <QMenu>

namespace tau::ui {

using project::KindId;

namespace {

bool is_below(const std::string& folder, const std::string& path) {
    return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) &&
           path[folder.size()] == '/';
}

} // namespace

std::string folder_of_code(const project::Resource& resource) {
    return resource.kind == KindId::application ? resource.name : project::code_folder(resource);
}

std::vector<std::string> edits_of(const project::Resource& resource,
                                  const project::Workspace::Unsaved& unsaved) {
    std::vector<std::string> paths;
    const bool whole = resource.kind == KindId::application;
    for (const auto& [path, text] : unsaved.configuration) {
        if (path == resource.path() || (whole && is_below("applications/" + resource.name, path))) {
            paths.push_back(path);
        }
    }
    for (const auto& [path, text] : unsaved.code) {
        if (is_below(folder_of_code(resource), path)) {
            paths.push_back(path);
        }
    }
    return paths;
}

void ConfigTab::make_menu(QMenu& menu) {
    const project::Resource* resource = chosen();
    const bool some = resource != nullptr;
    const bool apart = some && resource->kind != project::KindId::project;
    // Named here alone: in this menu they would stand beside the page's own, and none would act.
    const auto add = [&](const QString& text, const QKeySequence& keys, void (ConfigTab::*act)()) {
        QAction* action = menu.addAction(text, keys, this, act);
        action->setShortcutContext(Qt::WidgetShortcut);
        return action;
    };
    add(tr("&Rename…"), QKeySequence(Qt::Key_F2), &ConfigTab::ask_rename)->setEnabled(some);
    add(tr("&Clone…"), QKeySequence(Qt::CTRL | Qt::Key_D), &ConfigTab::ask_clone)
        ->setEnabled(apart);
    auto* move = menu.addMenu(tr("&Move to"));
    show_move_menu(*move);
    move->setEnabled(apart && resource->kind != project::KindId::application && !move->isEmpty());
    add(tr("&Delete…"), QKeySequence(Qt::Key_Delete), &ConfigTab::ask_delete)->setEnabled(apart);
    menu.addSeparator();
    const auto edits = open_ ? open_->unsaved() : project::Workspace::Unsaved();
    menu.addAction(tr("D&iscard its edits"), this, [this] { discard_edits(false); })
        ->setEnabled(some && !edits_of(*resource, edits).empty());
    menu.addAction(tr("Discard &all edits"), this, [this] { discard_edits(true); })
        ->setEnabled(!edits.empty());
    menu.addSeparator();
    menu.addAction(tr("&Open file in editor"), this,
                   [this] {
                       if (const project::Resource* file = chosen()) {
                           if (auto done =
                                   config_.open_in_editor(project_.configuration / file->path());
                               !done) {
                               messages_->show_error(done.error());
                           }
                       }
                   })
        ->setEnabled(some);
}

void ConfigTab::show_move_menu(QMenu& menu) {
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (resource == nullptr) {
        return;
    }
    if (!resource->application.empty()) {
        menu.addAction(tr("The project (global)"), this, [this] { move_to({}); });
    }
    for (const std::string& name : open_->store().applications()) {
        if (name != resource->application) {
            menu.addAction(to_qt(name).replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                           [this, name] { move_to(name); });
        }
    }
}

void ConfigTab::discard_edits(bool all) {
    flush();
    const project::Resource* resource = open_ ? chosen() : nullptr;
    if (!open_ || (!all && resource == nullptr)) {
        return;
    }
    const auto paths = all ? std::vector<std::string>() : edits_of(*resource, open_->unsaved());
    const project::Change change = open_->discarding(paths);
    if ((!all && paths.empty()) || (change.configuration.empty() && change.code.empty()) ||
        !apply(change)) {
        return;
    }
    after(change);
    messages_->show_message(Tone::good, tr("Discarded: the files are as they were saved."),
                            {{tr("Undo"), [this] { undo(); }}});
}

} // namespace tau::ui
