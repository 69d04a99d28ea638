#include "ui/project/unsaved_edits.h"

#include "ui/common/text.h"
#include "ui/project/config_tab.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"

namespace tau::ui {

UnsavedEdits::UnsavedEdits(ConfigTab& tab, MergeView& merge, ProjectTabs& tabs,
                           MessageBar& messages, QObject* parent)
    : QObject(parent), tab_(tab), merge_(merge), tabs_(tabs), messages_(messages) {
    connect(&tab_, &ConfigTab::unsaved_changed, this, &UnsavedEdits::withdraw);
    connect(&merge_.files(), &MergeModel::decided, this, &UnsavedEdits::withdraw);
    connect(&tab_, &ConfigTab::save_failed, this, &UnsavedEdits::show);
}

std::size_t UnsavedEdits::files() const {
    return tab_.unsaved_files(tabs_.project());
}

void UnsavedEdits::save() {
    tab_.save_edits(tabs_.project());
}

void UnsavedEdits::show() {
    Q_EMIT shown();
    tabs_.show_tab(&tab_);
}

void UnsavedEdits::withdraw() {
    if (!told_.isEmpty() && messages_.text() == told_) {
        messages_.close_message();
    }
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

bool UnsavedEdits::hold_merge(const QString& without, const std::function<void()>& go_on) {
    if (!merge_.files().has_typed()) {
        return false;
    }
    const auto show = [this] {
        Q_EMIT shown();
        tabs_.show_tab(&merge_);
    };
    told_ = tr("The text that you typed for the merge of %1 would be lost: it is not merged yet.")
                .arg(to_qt(tabs_.project().name));
    messages_.show_message(Tone::warn, told_, {{tr("Show it"), show}, {without, go_on}});
    return true;
}

} // namespace tau::ui
