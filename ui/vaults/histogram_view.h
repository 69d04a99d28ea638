#pragma once

#include "core/vault/ranking/ranking.h"

#include <QWidget>

namespace tau::ui {

/// How a column's values are spread over the listed vaults; one look says whether a wish leaves
/// many or few. Heights are square roots of the counts, so that a few still show beside many.
class HistogramView : public QWidget {
    Q_OBJECT
public:
    explicit HistogramView(const QString& name, QWidget* parent = nullptr);
    /// `unit`: behind the ends' values ("km"); `digits` after the point.
    void set_histogram(const vault::Histogram& histogram, const QString& unit, int digits);
    void clear();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString name_;
    vault::Histogram histogram_;
};

} // namespace tau::ui
