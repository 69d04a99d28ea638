#pragma once

#include "ui/common/error_view.h"
#include "ui/common/finding_list.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/project/project_tab.h"
#include "ui/services.h"

namespace tau::ui {

/// One registered project: what it is, where it lives, its vaults' receipts, and its verification.
class ProjectPage : public ProjectTab {
    Q_OBJECT
public:
    explicit ProjectPage(Services& services, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project) override;
    bool has_project() const { return exported_ != nullptr; }
    std::shared_ptr<const project::Export> exported() const { return exported_; }
    QString name() const;
    void verify();
    /// Whether the last verification since it was shown found everything good.
    bool is_verified() const { return verified_; }
    QWidget* first_input() const override { return verify_; }

Q_SIGNALS:
    void export_wanted();
    void changed();

private:
    void show_export();
    void show_facts();
    void show_repositories();
    void show_vaults();

    Services& services_;
    std::shared_ptr<const project::Export> exported_;
    flow::LocalProject project_;
    bool verified_ = false;
    ScrollPage* page_;
    QLabel* origin_;
    QPushButton* verify_;
    QPushButton* export_;
    ErrorView* error_;
    Card* facts_;
    Card* repositories_;
    Card* vaults_;
    FindingList* findings_;
    Job load_job_;
    Job verify_job_;
};

} // namespace tau::ui
