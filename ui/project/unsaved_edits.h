#pragma once

#include "ui/common/message_bar.h"

namespace tau::ui {

class ConfigTab;
class MergeView;
class ProjectTabs;

/// Edits of the open project that are in memory only: for pages that commit its files, or that
/// would change them under the edits.
class UnsavedEdits : public QObject {
    Q_OBJECT
public:
    UnsavedEdits(ConfigTab& tab, MergeView& merge, ProjectTabs& tabs, MessageBar& messages,
                 QObject* parent = nullptr);
    std::size_t files() const;
    void save();
    /// Brings them to the front.
    void show();
    /// Whether there are any, and the person was told that they come first. `before`: "pulling".
    bool hold_back(const QString& before);
    /// Whether a text was typed for a merge, and the person was asked about it: `without` is the
    /// button that goes on all the same.
    bool hold_merge(const QString& without, const std::function<void()>& go_on);

    /// Takes back what it told or asked, if that still stands.
    void withdraw();

Q_SIGNALS:
    /// One of them comes to the front of the project's pages.
    void shown();

private:
    ConfigTab& tab_;
    MergeView& merge_;
    ProjectTabs& tabs_;
    MessageBar& messages_;
    QString told_;
};

} // namespace tau::ui
