#pragma once

#include "ui/common/page.h"
#include "ui/wizard/flow_view.h"
#include "ui/wizard/step_header.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

#include <QStackedWidget>

namespace tau::ui {

class ReviewStep;

/// A new project, page by page: Project, Repositories, Vault, Review, Create.
class Wizard : public QWidget {
    Q_OBJECT
public:
    Wizard(Services& services, Networks& networks, QWidget* parent = nullptr);
    WizardModel& model() { return model_; }
    FlowView& flow_view() { return *flow_view_; }
    /// Whether leaving would set something aside that a person typed or started.
    bool has_draft() const { return model_.touched() && !creating(); }
    bool creating() const { return current_ == create_page; }
    /// Whether its creation came to an end, one way or the other.
    bool finished() const {
        return flow_view_->state() == FlowView::State::done ||
               flow_view_->state() == FlowView::State::undone;
    }
    int current_page() const { return current_; }
    void next();
    void back();
    /// Whether Next is on.
    bool can_go_on() const;
    /// Why it is not, as a sentence.
    QString reason() const { return reason_->text(); }
    /// Fills the fields of the shown page from the draft again.
    void show_draft();
    /// Puts the keyboard where it belongs on the page that is shown.
    void focus_page();

Q_SIGNALS:
    void cancelled();
    void page_changed(int page);

private:
    static constexpr int create_page = 4;
    void go(int page);
    void refresh();
    WizardPage* page(int index) const;

    WizardModel model_;
    StepHeader* header_;
    QStackedWidget* pages_;
    ReviewStep* review_;
    FlowView* flow_view_;
    QFrame* footer_;
    QLabel* reason_;
    QPushButton* cancel_;
    QPushButton* back_;
    QPushButton* next_;
    int current_ = 0;
};

} // namespace tau::ui
