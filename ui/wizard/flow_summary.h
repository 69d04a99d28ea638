#pragma once

#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// What a creation ended with: the vaults' receipts in words, and what to do next.
class FlowSummary : public Card {
    Q_OBJECT
public:
    explicit FlowSummary(QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project, const project::Export& exported);
    QPushButton* open_button() const { return open_; }

Q_SIGNALS:
    void open_wanted();
    void export_wanted();

private:
    QLabel* heading_;
    QLabel* text_;
    QWidget* facts_;
    QPushButton* open_;
    QPushButton* export_;
    QPushButton* clone_;
    QString commands_;
};

/// How the vault named itself when it signed the receipt.
QString vault_name(const project::Enrolment& enrolment);
/// The two commands that fetch a project's repositories, one a line.
QString clone_commands(const project::Export& exported);

} // namespace tau::ui
