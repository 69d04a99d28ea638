#pragma once

#include "ui/shell/change_review.h"
#include "ui/vaults/vault_browser.h"
#include "ui/wizard/flow_view.h"

#include <QStackedWidget>

namespace tau::ui {

/// A later change of a project, from the choice of vaults over the review to its steps while they
/// happen. Nothing is done before the review is left.
class ChangePage : public QWidget {
    Q_OBJECT
public:
    ChangePage(Services& services, NodeShelf& shelf, QWidget* parent = nullptr);
    void begin(const flow::LocalProject& project, ChangeWish::Kind kind,
               const std::vector<VaultState>& vaults);
    FlowView& flow_view() { return *flow_view_; }
    ChangeReview& review() { return *review_; }
    /// Null until a project was to be moved.
    VaultBrowser* browser() { return browser_; }
    QPushButton& next_button() { return *next_; }
    const flow::LocalProject& project() const { return project_; }
    /// Whether there is no project any more.
    bool project_gone() const;
    bool stands_on_review() const { return pages_->currentWidget() == review_; }
    QWidget* first_input() const;

Q_SIGNALS:
    void closed();

private:
    void make_vault_page();
    void take_choice();
    void show_review();
    void run();

    Services& services_;
    NodeShelf& shelf_;
    flow::LocalProject project_;
    ChangeWish::Kind kind_ = ChangeWish::Kind::rotate;
    std::vector<VaultState> vaults_;
    QStackedWidget* pages_;
    QWidget* vault_page_ = nullptr;
    VaultBrowser* browser_ = nullptr;
    QLabel* blocked_ = nullptr;
    QPushButton* next_ = nullptr;
    ChangeReview* review_;
    FlowView* flow_view_;
};

} // namespace tau::ui
