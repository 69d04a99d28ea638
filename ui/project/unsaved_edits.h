#pragma once

#include "ui/common/message_bar.h"

namespace tau::ui {

class ConfigTab;
class ProjectTabs;

/// Edits of the open project that are in memory only: for pages that commit its files, or that
/// would change them under the edits.
class UnsavedEdits : public QObject {
    Q_OBJECT
public:
    UnsavedEdits(ConfigTab& tab, ProjectTabs& tabs, MessageBar& messages,
                 QObject* parent = nullptr);
    std::size_t files() const;
    void save();
    /// Brings them to the front.
    void show();
    /// Whether there are any, and the person was told that they come first. `before`: "pulling".
    bool hold_back(const QString& before);

private:
    ConfigTab& tab_;
    ProjectTabs& tabs_;
    MessageBar& messages_;
    QString told_;
};

} // namespace tau::ui
