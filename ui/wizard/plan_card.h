#pragma once

#include "core/flow/flow.h"
#include "ui/common/page.h"

namespace tau::ui {

/// What a change will do before it is done: its steps in their order.
class PlanCard : public Card {
    Q_OBJECT
public:
    explicit PlanCard(QWidget* parent = nullptr) : Card(parent) {}
    void show_plan(const flow::Flow& plan);
};

} // namespace tau::ui
