#pragma once

#include "ui/common/error_view.h"
#include "ui/wizard/flow_view.h"
#include "ui/wizard/unlock_panel.h"

namespace tau::ui {

/// A change of an earlier time (a creation, new keys, a move …), taken up again: to be continued or
/// taken back.
class ResumePage : public QWidget {
    Q_OBJECT
public:
    explicit ResumePage(Services& services, QWidget* parent = nullptr);
    void open(const QString& id, bool undo);
    FlowView& flow_view() { return *flow_view_; }
    QWidget* first_input() const { return flow_view_->first_input(); }

Q_SIGNALS:
    void closed();

private:
    void load();

    Services& services_;
    std::string id_;
    bool undo_ = false;
    QWidget* gate_;
    UnlockPanel* unlock_;
    ErrorView* error_;
    FlowView* flow_view_;
    Job job_;
};

} // namespace tau::ui
