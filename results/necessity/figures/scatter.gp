# Mean accuracy against mean IoU, necessity. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,882 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,882 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, necessity' at screen 0.5,0.96372 center font 'sans-serif,26'
set label 2 'SYNTHIA: rendered stand-in for SYNTHIA, not the real data (renderer seed 1, 480/64/136 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width multiplier' at screen 0.01250,0.22177 left font 'sans-serif,16' tc rgb '#333333'
set label 3 '0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128 images of the test split; weights after the last iteration; images: drawn by RecallBench''s own renderer.' at screen 0.01250,0.19683 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'Scaled down; the paper has: images real SYNTHIA; part of the images all; input 768x384; iterations 100000; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+ with' at screen 0.01250,0.17188 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.01250,0.14694 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'Cityscapes: rendered stand-in for Cityscapes, not the real data (renderer seed 1, 480/128/1 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18 at width' at screen 0.01250,0.12200 left font 'sans-serif,16' tc rgb '#333333'
set label 7 'multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128 images of the validation split; weights after the last iteration; images: drawn by RecallBench''s' at screen 0.01250,0.09705 left font 'sans-serif,16' tc rgb '#333333'
set label 8 'own renderer. Scaled down; the paper has: images real Cityscapes; part of the images all; input 769x769, evaluated at 2048x1024; iterations 90000; learning rate 0.0001; augmentation' at screen 0.01250,0.07211 left font 'sans-serif,16' tc rgb '#333333'
set label 9 'cityscapes; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+ with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.01250,0.04717 left font 'sans-serif,16' tc rgb '#333333'
set label 10 'Large marks: mean over seeds; small marks: single seeds. Pale line: Pareto front, the means that none beats in both. ≈: not distinguishable from ce in either (Holm, 5 %; tables.md).' at screen 0.01250,0.02222 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.35147
set tmargin at screen 0.87755
set title 'SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [18.7920:32.3080]
set yrange [33.0876:43.1141]
set label 'ce' at screen 0.35465,0.46375 center front tc rgb '#000000'
set label 'recall' at screen 0.33494,0.72969 center front tc rgb '#B04E00'
set label 'dice_ce' at screen 0.43751,0.73941 center front tc rgb '#555555'
set label 'jaccard_ce' at screen 0.42177,0.60592 center front tc rgb '#882255'
set label 'precision_ce' at screen 0.22683,0.50377 center front tc rgb '#117733'
set arrow from screen 0.38581,0.73210 to screen 0.38384,0.75596 nohead back lw 1.2 lc rgb '#332288'
set label 'tversky_ce' at screen 0.33984,0.77030 center front tc rgb '#332288'
plot 'scatter.dat' index 1 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 1 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 3 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 3 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 5 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80555555', \
  'scatter.dat' index 5 using 1:2 with points pt 6 ps 1.1 lc rgb '#60555555', \
  'scatter.dat' index 7 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80882255', \
  'scatter.dat' index 7 using 1:2 with points pt 8 ps 1.1 lc rgb '#60882255', \
  'scatter.dat' index 9 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80117733', \
  'scatter.dat' index 9 using 1:2 with points pt 10 ps 1.1 lc rgb '#60117733', \
  'scatter.dat' index 11 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80332288', \
  'scatter.dat' index 11 using 1:2 with points pt 12 ps 1.1 lc rgb '#60332288', \
  'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 2 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00', \
  'scatter.dat' index 4 using 1:2 with points pt 6 ps 2.8 lw 2.5 lc rgb '#555555', \
  'scatter.dat' index 6 using 1:2 with points pt 8 ps 2.8 lw 2.5 lc rgb '#882255', \
  'scatter.dat' index 8 using 1:2 with points pt 10 ps 2.8 lw 2.5 lc rgb '#117733', \
  'scatter.dat' index 10 using 1:2 with points pt 12 ps 2.8 lw 2.5 lc rgb '#332288'
unset label
unset arrow
unset label
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.35147
set tmargin at screen 0.87755
set title 'Cityscapes (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [10.9428:20.0634]
set yrange [20.3995:27.0258]
set arrow from 18.3129,25.6527 to 18.4190,25.2077 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.83070,0.53647 center front tc rgb '#000000'
set arrow from screen 0.88995,0.70766 to screen 0.88995,0.67965 nohead back lw 1.2 lc rgb '#B04E00'
set label 'recall ≈' at screen 0.91067,0.66531 center front tc rgb '#B04E00'
set arrow from screen 0.87355,0.72152 to screen 0.85730,0.72152 nohead back lw 1.2 lc rgb '#555555'
set label 'dice_ce ≈' at screen 0.81770,0.72152 center front tc rgb '#555555'
set arrow from screen 0.89431,0.73484 to screen 0.87036,0.74007 nohead back lw 1.2 lc rgb '#882255'
set label 'jaccard_ce ≈' at screen 0.81756,0.75441 center front tc rgb '#882255'
set label 'precision_ce' at screen 0.68848,0.47359 center front tc rgb '#117733'
set arrow from screen 0.88958,0.77016 to screen 0.86564,0.77539 nohead back lw 1.2 lc rgb '#332288'
set label 'tversky_ce' at screen 0.82164,0.78974 center front tc rgb '#332288'
plot 'scatter.dat' index 13 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 13 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 15 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 15 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 17 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80555555', \
  'scatter.dat' index 17 using 1:2 with points pt 6 ps 1.1 lc rgb '#60555555', \
  'scatter.dat' index 19 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80882255', \
  'scatter.dat' index 19 using 1:2 with points pt 8 ps 1.1 lc rgb '#60882255', \
  'scatter.dat' index 21 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80117733', \
  'scatter.dat' index 21 using 1:2 with points pt 10 ps 1.1 lc rgb '#60117733', \
  'scatter.dat' index 23 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80332288', \
  'scatter.dat' index 23 using 1:2 with points pt 12 ps 1.1 lc rgb '#60332288', \
  'scatter.dat' index 12 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 14 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00', \
  'scatter.dat' index 16 using 1:2 with points pt 6 ps 2.8 lw 2.5 lc rgb '#555555', \
  'scatter.dat' index 18 using 1:2 with points pt 8 ps 2.8 lw 2.5 lc rgb '#882255', \
  'scatter.dat' index 20 using 1:2 with points pt 10 ps 2.8 lw 2.5 lc rgb '#117733', \
  'scatter.dat' index 22 using 1:2 with points pt 12 ps 2.8 lw 2.5 lc rgb '#332288'
unset label
unset arrow
unset multiplot
unset output
}
