#include "ui/shell/finding_list.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <QGridLayout>

#include <algorithm>

namespace tau::ui {

FindingList::FindingList(QWidget* parent) : Card(parent) {
    hide();
}

void FindingList::show_findings(const std::vector<project::Finding>& findings) {
    clear_layout(box());
    const auto bad = std::count_if(findings.begin(), findings.end(),
                                   [](const project::Finding& finding) { return !finding.ok; });
    auto* heading = make_label(
        bad == 0 ? tr("Verified: all %1 findings are good").arg(findings.size())
                 : tr("Not verified: %1 of %2 findings are bad").arg(bad).arg(findings.size()),
        QStringLiteral("heading"));
    set_tone(heading, bad == 0 ? Tone::good : Tone::bad);
    box()->addWidget(heading);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(2, 1);
    int row = 0;
    for (const project::Finding& finding : findings) {
        auto* mark = new IconLabel;
        mark->set(finding.ok ? QStringLiteral("done") : QStringLiteral("failed"),
                  finding.ok ? Tone::good : Tone::bad);
        auto* subject = new QLabel(to_qt(finding.subject));
        auto* sentence = make_label(to_qt(finding.sentence));
        set_tone(sentence, finding.ok ? Tone::muted : Tone::bad);
        subject->setBuddy(sentence);
        grid->addWidget(mark, row, 0, Qt::AlignTop);
        grid->addWidget(subject, row, 1, Qt::AlignTop);
        grid->addWidget(sentence, row, 2, Qt::AlignTop);
        ++row;
    }
    box()->addLayout(grid);
    show();
}

} // namespace tau::ui
