#pragma once

#include "core/flow/flow.h"
#include "ui/common/icons.h"
#include "ui/common/key_label.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QWidget>

namespace tau::ui {

/// One step of a running change: state as icon and word, sentence, time, and what exists now.
class StepRow : public QWidget {
    Q_OBJECT
public:
    explicit StepRow(const flow::StepView& step, QWidget* parent = nullptr);
    void show_step(const flow::StepView& step);
    const flow::StepView& step() const { return step_; }
    /// Moves the time of a running step on.
    void tick();

private:
    flow::StepView step_;
    QElapsedTimer since_;
    IconLabel* mark_;
    QLabel* sentence_;
    QLabel* word_;
    QLabel* time_;
    KeyLabel* link_;
};

} // namespace tau::ui
