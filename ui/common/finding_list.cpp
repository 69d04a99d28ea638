#include "ui/common/finding_list.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <QGridLayout>

#include <algorithm>

namespace tau::ui {

FindingList::FindingList(QWidget* parent) : Card(parent) {
    hide();
}

void FindingList::show_lines(const QString& heading, Tone tone,
                             const std::vector<FindingLine>& lines) {
    clear_layout(box());
    auto* title = make_label(heading, QStringLiteral("heading"));
    set_tone(title, tone);
    box()->addWidget(title);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::s);
    grid->setColumnStretch(2, 1);
    int row = 0;
    for (const FindingLine& line : lines) {
        auto* mark = new IconLabel;
        mark->set(line.icon, line.tone);
        auto* subject = new QLabel(line.subject);
        auto* sentence = make_label(line.sentence);
        set_tone(sentence, line.tone == Tone::good ? Tone::muted : line.tone);
        subject->setBuddy(sentence);
        grid->addWidget(mark, row, 0, Qt::AlignTop);
        grid->addWidget(subject, row, 1, Qt::AlignTop);
        grid->addWidget(sentence, row, 2, Qt::AlignTop);
        ++row;
    }
    box()->addLayout(grid);
    show();
}

void FindingList::show_findings(const std::vector<project::Finding>& findings) {
    std::vector<FindingLine> lines;
    for (const project::Finding& finding : findings) {
        lines.push_back({finding.ok ? QStringLiteral("done") : QStringLiteral("failed"),
                         finding.ok ? Tone::good : Tone::bad, to_qt(finding.subject),
                         to_qt(finding.sentence)});
    }
    const auto bad = std::count_if(findings.begin(), findings.end(),
                                   [](const project::Finding& finding) { return !finding.ok; });
    show_lines(bad == 0
                   ? tr("Verified: all %1 findings are good").arg(findings.size())
                   : tr("Not verified: %1 of %2 findings are bad").arg(bad).arg(findings.size()),
               bad == 0 ? Tone::good : Tone::bad, lines);
}

} // namespace tau::ui
