#include "ui/project/unsaved_edits.h"

#include "ui/project/config_tab.h"
#include "ui/project/project_tabs.h"

namespace tau::ui {

UnsavedEdits::UnsavedEdits(ConfigTab& tab, ProjectTabs& tabs, MessageBar& messages, QObject* parent)
    : QObject(parent), tab_(tab), tabs_(tabs), messages_(messages) {
    connect(&tab_, &ConfigTab::unsaved_changed, this, [this] {
        if (!told_.isEmpty() && messages_.text() == told_) {
            messages_.close_message();
        }
    });
    connect(&tab_, &ConfigTab::save_failed, this, &UnsavedEdits::show);
}

std::size_t UnsavedEdits::files() const {
    return tab_.unsaved_files(tabs_.project());
}

void UnsavedEdits::save() {
    tab_.save_edits(tabs_.project());
}

void UnsavedEdits::show() {
    tabs_.show_tab(&tab_);
}

bool UnsavedEdits::hold_back(const QString& before) {
    const std::size_t count = files();
    if (count == 0) {
        return false;
    }
    told_ = count == 1
                ? tr("1 file is not saved. Save it, or undo the edits, before %1.").arg(before)
                : tr("%1 files are not saved. Save them, or undo the edits, before %2.")
                      .arg(count)
                      .arg(before);
    messages_.show_message(
        Tone::warn, told_,
        {{tr("Save"), [this] { save(); }}, {tr("Show them"), [this] { show(); }}});
    return true;
}

} // namespace tau::ui
