#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/services.h"
#include "ui/wizard/flow_summary.h"
#include "ui/wizard/step_row.h"

#include <QElapsedTimer>
#include <QProgressBar>
#include <QTimer>

#include <vector>

namespace tau::ui {

/// A change to the world while it happens: live steps, and every way out of it.
class FlowView : public QWidget {
    Q_OBJECT
public:
    enum class State { ready, running, stopped, confirming, undoing, undone, done };

    explicit FlowView(Services& services, QWidget* parent = nullptr);
    void set_flow(std::shared_ptr<flow::Flow> flow);
    void run();
    /// Shows what taking back would remove, and asks.
    void ask_undo();
    void cancel();
    State state() const { return state_; }
    bool busy() const { return state_ == State::running || state_ == State::undoing; }
    /// The sentence of what stopped it; empty when nothing did.
    QString problem() const;
    /// Id of the step that runs now; empty when none does.
    std::string running_step() const;
    /// The id of the project that it removed; empty while it removed none.
    std::string removed_project() const;
    bool has_result() const { return result_.has_value(); }
    void open_result() { Q_EMIT open_wanted(*result_); }
    QWidget* first_input() const;

Q_SIGNALS:
    void state_changed();
    void open_wanted(const tau::flow::LocalProject& project);
    void export_wanted(const tau::flow::LocalProject& project);
    void closed();

private:
    QWidget* make_buttons();
    void start(bool undo);
    void finish(bool undo, const Result<void>& answer);
    void set_state(State state);
    void show_step(std::size_t index, const flow::StepView& step);
    void show_problem(const Error& error);
    void place_problem();
    void show_progress();
    void load_result();
    void confirm_undo();

    Services& services_;
    std::shared_ptr<flow::Flow> flow_;
    State state_ = State::ready;
    std::vector<StepRow*> rows_;
    std::optional<flow::LocalProject> result_;
    bool undo_failed_ = false;

    ScrollPage* page_;
    QLabel* title_;
    QLabel* subtitle_;
    QProgressBar* progress_;
    FlowSummary* summary_;
    Card* steps_;
    QWidget* problem_;
    ErrorView* error_;
    Card* confirm_;
    QLabel* confirm_heading_;
    QLabel* confirm_list_;
    QPushButton* confirm_yes_;
    QPushButton* confirm_no_;
    QPushButton* retry_;
    QPushButton* undo_;
    QPushButton* report_;
    QPushButton* cancel_;
    QPushButton* close_;
    QElapsedTimer clock_;
    QTimer ticker_;
    Job job_;
    Job result_job_;
};

} // namespace tau::ui
