#pragma once

#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// One thing that was found, or that somebody answered.
struct FindingLine {
    QString icon;
    Tone tone = Tone::plain;
    QString subject;
    QString sentence;
};

/// What was found, one line each: icon, subject, sentence. Hidden while there is nothing.
class FindingList : public Card {
    Q_OBJECT
public:
    explicit FindingList(QWidget* parent = nullptr);
    void show_lines(const QString& heading, Tone tone, const std::vector<FindingLine>& lines);
    /// A verification.
    void show_findings(const std::vector<project::Finding>& findings);
};

} // namespace tau::ui
