#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/project/branch_choice.h"
#include "ui/project/history_model.h"
#include "ui/services.h"

#include <QDialog>
#include <QPushButton>
#include <QTableView>

namespace tau::ui {

/// Lets a person choose one commit of a clone. Opened without an event loop of its own.
class CommitPicker : public QDialog {
    Q_OBJECT
public:
    CommitPicker(Services& services, const flow::LocalProject& project, vault::Role role,
                 QWidget* parent = nullptr);
    QTableView& list() { return *list_; }
    HistoryModel& commits() { return *model_; }
    BranchChoice& branches() { return *branch_; }

Q_SIGNALS:
    void picked(const QString& commit);

private:
    void load(std::size_t skip);
    void accept_current();

    Services& services_;
    const flow::LocalProject project_;
    const vault::Role role_;
    BranchChoice* branch_;
    HistoryModel* model_;
    QTableView* list_;
    ErrorView* error_;
    QPushButton* use_;
    Job job_;
};

} // namespace tau::ui
