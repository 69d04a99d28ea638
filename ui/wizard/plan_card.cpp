#include "ui/wizard/plan_card.h"

#include "ui/common/text.h"

#include <QGridLayout>

namespace tau::ui {

void PlanCard::show_plan(const flow::Flow& plan) {
    clear_layout(box());
    box()->addWidget(
        make_label(tr("%1 steps").arg(plan.steps().size()), QStringLiteral("heading")));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::xs);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const flow::StepView& step : plan.steps()) {
        auto* number = new QLabel(QString::number(row + 1));
        set_role(number, QStringLiteral("caption"));
        number->setAlignment(Qt::AlignRight | Qt::AlignTop);
        auto* sentence = make_label(to_qt(step.sentence));
        number->setBuddy(sentence);
        grid->addWidget(number, row, 0);
        grid->addWidget(sentence, row, 1);
        ++row;
    }
    box()->addLayout(grid);
    show();
}

} // namespace tau::ui
