#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/project/project_tab.h"
#include "ui/services.h"

namespace tau::ui {

class UnsavedEdits;

/// A project whose repositories were only opened: where they are, and what can be done from here.
class FolderPage : public ProjectTab {
    Q_OBJECT
public:
    explicit FolderPage(Services& services, QWidget* parent = nullptr);
    /// Edits in memory, which would be lost with the project.
    void set_unsaved(UnsavedEdits* unsaved) { unsaved_ = unsaved; }
    void show_project(const flow::LocalProject& project) override;
    QWidget* first_input() const override { return code_; }
    /// The code's repository, where its name does not tell it.
    void use_code(const std::filesystem::path& folder);

Q_SIGNALS:
    /// The same project, with its code.
    void code_chosen(const tau::flow::LocalProject& project);
    /// It is off the list.
    void closed(const tau::flow::LocalProject& project);

private:
    void choose_code();
    void close_folder();
    void take_off_list();

    Services& services_;
    UnsavedEdits* unsaved_ = nullptr;
    flow::LocalProject project_;
    QPushButton* code_;
    QPushButton* close_;
    ErrorView* error_;
    Card* facts_;
    Job job_;
};

} // namespace tau::ui
